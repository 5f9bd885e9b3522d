import { isAddress } from '../value/address.ts';
import { ComposeFault, type Path, printable } from '../value/fault.ts';
import { emptyMapping, type Mapping } from '../value/value.ts';

interface PortRange {
  readonly start: number;
  readonly end: number;
}

function parseRange(text: string): PortRange | undefined {
  const match = /^([0-9]+)(?:-([0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2] ?? match[1]);
  return start <= 65535 && end <= 65535 && end >= start ? { start, end } : undefined;
}

function splitProtocol(text: string): { protocol: string; port: string } {
  const [port = '', protocol = ''] = text.split('/');
  if (port === '') return { protocol: '', port: '' };
  return { protocol: protocol === '' ? 'tcp' : protocol.toLowerCase(), port };
}

/**
 * The long forms of a port's short form `[ip:][published:]target[/protocol]`; a range gives one per port, in the order
 * of the ports as text, as the oracle prints them.
 * @throws ComposeFault COMPOSE_VALUE
 */
export function parsePorts(spec: string, path: Path): Mapping[] {
  const refuse = (why: string) =>
    new ComposeFault('COMPOSE_VALUE', path, `port \`${printable(spec)}\`: ${why}`);
  const parts = spec.split(':');
  const containerText = parts.at(-1) ?? '';
  const hostText = parts.at(-2) ?? '';
  const addressText = parts.slice(0, -2).join(':');
  const bracketed = /^\[(.*)\]$/.exec(addressText)?.[1];
  const address = bracketed ?? addressText;
  const { protocol, port } = splitProtocol(containerText);
  const bare = bracketed === undefined && address.includes(':');
  if (address !== '' && (bare || !isAddress(address)))
    throw refuse(`invalid IP address ${printable(address)}`);
  if (port === '') throw refuse('no port');
  const container = parseRange(port);
  if (container === undefined) throw refuse(`invalid container port ${printable(port)}`);
  const host = hostText === '' ? undefined : parseRange(hostText);
  if (hostText !== '' && host === undefined) throw refuse(`invalid host port ${printable(hostText)}`);
  const count = container.end - container.start + 1;
  if (host !== undefined && count > 1 && host.end - host.start + 1 !== count) {
    throw refuse('the ranges of host and container differ in length');
  }
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw refuse(`invalid protocol ${printable(protocol)}`);
  const ports = Array.from({ length: count }, (_, index) => {
    const long = emptyMapping();
    long.mode = 'ingress';
    if (address !== '') long.host_ip = address;
    if (container.start + index > 0) long.target = container.start + index;
    if (host !== undefined) {
      const dynamic = count === 1 && host.start !== host.end ? `-${host.end}` : '';
      long.published = `${host.start + index}${dynamic}`;
    }
    long.protocol = protocol;
    return long;
  });
  return ports.sort((a, b) => (`${a.target}/${protocol}` < `${b.target}/${protocol}` ? -1 : 1));
}
