/** Published ports. Source: moby, daemon/container.go validatePortBindings; docker/go-connections, nat. */
import { printable } from '../value/fault.ts';
import type { PortModel, ServiceModel } from '../value/model.ts';
import type { ProjectRule, ServiceRule } from './rule.ts';

const maxPort = 65_535;

function isPortRange(text: string): boolean {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return from !== undefined && Number(from) <= Number(to) && Number(to) <= maxPort;
}

export const publishedPorts: ServiceRule = ({ service, refuse }) => {
  for (const [index, { target = 0, published = '', protocol = 'tcp' }] of (service.ports ?? []).entries()) {
    const keys = ['ports', index];
    if (target < 1 || target > maxPort)
      refuse(keys, `the port of the container must be from 1 to ${maxPort}`);
    if (published !== '' && !isPortRange(published))
      refuse(keys, `\`${printable(published)}\` is no port, and no range of ports, up to ${maxPort}`);
    if (!['', 'tcp', 'udp', 'sctp'].includes(protocol.toLowerCase()))
      refuse(keys, `\`${printable(protocol)}\` is no protocol of ports: \`tcp\`, \`udp\` and \`sctp\` are`);
  }
};

const anyAddress = ['0.0.0.0', '::'] as const;

/** A port that only one container can have. */
interface FixedPort {
  readonly text: string;
  /** What it takes, and what must not be taken. */
  readonly takes: readonly string[];
  readonly needs: readonly string[];
}

/** @returns undefined: the engine chooses one */
function fixedPort({
  published = '',
  host_ip: address = '',
  protocol = 'tcp',
}: PortModel): FixedPort | undefined {
  if (!(Number(published) > 0)) return undefined;
  const port = `${Number(published)}/${protocol.toLowerCase()}`;
  const isAny = ['', ...anyAddress].includes(address);
  // Without an address it is taken of both versions of IP; `0.0.0.0` and `::` are of one each.
  const addresses = address === '' ? anyAddress : [address];
  const own = addresses.map(one => `${one} ${port}`);
  const all = addresses.map(one => (one.includes(':') ? '::' : '0.0.0.0'));
  const some = all.map(one => `some of ${one} ${port}`);
  return isAny
    ? { text: port, takes: own, needs: [...own, ...some] }
    : {
        text: `${address}:${port}`,
        takes: [...own, ...some],
        needs: [...own, ...all.map(one => `${one} ${port}`)],
      };
}

const countOf = ({ scale, deploy }: ServiceModel): number => scale ?? deploy?.replicas ?? 1;

/** Services that somebody waits for the end of: what they had is free again. */
function endingServices(services: Readonly<Record<string, ServiceModel>>): Set<string> {
  const ending = new Set<string>();
  for (const { depends_on: needed } of Object.values(services)) {
    for (const [name, dependency] of Object.entries(needed ?? {}))
      if (dependency?.condition === 'service_completed_successfully') ending.add(name);
  }
  return ending;
}

/** One port of the device for two containers of a project that run beside each other. */
export const publishedTwice: ProjectRule = ({ model, refuse }) => {
  const ending = endingServices(model.services);
  const taken = new Map<string, string>();
  for (const [name, service] of Object.entries(model.services)) {
    const count = countOf(service);
    const publishesNone = ['host', 'none'].includes(service.network_mode ?? '');
    if (count === 0 || publishesNone || ending.has(name)) continue;
    for (const [index, port] of (service.ports ?? []).entries()) {
      const fixed = fixedPort(port);
      if (fixed === undefined) continue;
      const path = ['services', name, 'ports', index];
      const { text, takes, needs } = fixed;
      const other = needs.map(place => taken.get(place)).find(holder => holder !== undefined);
      if (other !== undefined) refuse(path, `port ${text} of the device is published by ${other} already`);
      else if (count > 1) refuse(path, `${count} containers cannot have one port ${text} of the device`);
      for (const place of takes) taken.set(place, `service \`${printable(name)}\``);
    }
  }
};
