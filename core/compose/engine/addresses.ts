/** Addresses of a service. Source: moby, opts/hosts.go, api/types/network/endpoint.go; Go, net.ParseMAC; Linux, is_valid_ether_addr. */
import { isAddress } from '../value/address.ts';
import { isInside } from '../value/address-range.ts';
import { type Path, printable } from '../value/fault.ts';
import type { NetworkModel } from '../value/model.ts';
import type { AskedService, ServiceRule } from './rule.ts';

export const nameServers: ServiceRule = ({ service, refuse }) => {
  for (const [index, server] of (service.dns ?? []).entries()) {
    // A link-local address names its interface.
    const address = server.trim().replace(/^(fe80:.*)%[\w.-]+$/i, '$1');
    if (!isAddress(address)) refuse(['dns', index], `\`${printable(server)}\` is no IP address`);
  }
};

/** `name=address`; the engine itself knows the address of `host-gateway`. */
export const extraHosts: ServiceRule = ({ service, refuse }) => {
  for (const host of service.extra_hosts ?? []) {
    const address = host.slice(host.indexOf('=') + 1);
    if (address === 'host-gateway' || isAddress(address.trim())) continue;
    refuse(['extra_hosts'], `\`${printable(host)}\`: \`${printable(address)}\` is no IP address`);
  }
};

/** The octets of an address of hardware, as Go reads them; undefined: it is none. */
function octets(text: string): number[] | undefined {
  const plain = /^([0-9a-f]{4}\.){2,}[0-9a-f]{4}$/i.test(text)
    ? text.replaceAll('.', '').match(/../g)
    : /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2)*[0-9a-f]{2}$/i.test(text)
      ? text.split(/[:-]/)
      : null;
  return plain?.map(part => Number.parseInt(part, 16));
}

function checkMac(text: string | undefined, keys: Path, refuse: AskedService['refuse']): void {
  if (text === undefined || text === '') return;
  const read = octets(text);
  const shown = `\`${printable(text)}\``;
  if (read?.length !== 6) refuse(keys, `${shown} is no MAC address, such as \`02:42:ac:11:00:02\``);
  else if (((read[0] ?? 0) & 1) === 1)
    refuse(keys, `${shown} is the address of a group: its first octet must be even`);
  else if (read.every(octet => octet === 0)) refuse(keys, `${shown} is nobody's address`);
}

export const macAddresses: ServiceRule = ({ service, refuse }) => {
  checkMac(service.mac_address, ['mac_address'], refuse);
  for (const [name, endpoint] of Object.entries(service.networks ?? {}))
    checkMac(endpoint?.mac_address, ['networks', name, 'mac_address'], refuse);
};

/** Of one network: more are not looked through for each address. */
const maxRanges = 64;

/** Address ranges that the project itself gives a network; undefined: the network is somebody else's. */
function rangesOf(network: NetworkModel | null | undefined, isVersion6: boolean): string[] | undefined {
  if (network?.external === true) return undefined;
  const ranges = (network?.ipam?.config ?? []).flatMap(({ subnet = '' }) => (subnet === '' ? [] : [subnet]));
  return ranges.filter(range => range.includes(':') === isVersion6);
}

/** Why a service cannot have an address on a network; undefined: it can. */
function wrongAddress(
  text: string,
  key: 'ipv4_address' | 'ipv6_address',
  network: NetworkModel | null | undefined,
): string | undefined {
  const address = text.trim();
  const isVersion6 = key === 'ipv6_address';
  const shown = `\`${printable(text)}\``;
  if (!isAddress(address) || address.includes(':') !== isVersion6)
    return `${shown} is no IPv${isVersion6 ? 6 : 4} address`;
  const ranges = rangesOf(network, isVersion6);
  if (ranges === undefined || ranges.length > maxRanges) return undefined;
  if (ranges.length === 0) return `${shown} needs a \`subnet\` of the network that it is in`;
  const whole = isVersion6 ? `${address}/128` : `${address}/32`;
  if (ranges.some(range => isInside(whole, range))) return undefined;
  return `${shown} is in no \`subnet\` of the network`;
}

export const endpointAddresses: ServiceRule = ({ service, model, refuse }) => {
  for (const [name, endpoint] of Object.entries(service.networks ?? {})) {
    for (const key of ['ipv4_address', 'ipv6_address'] as const) {
      const address = endpoint?.[key] ?? '';
      const why = address === '' ? undefined : wrongAddress(address, key, model.networks?.[name]);
      if (why !== undefined) refuse(['networks', name, key], why);
    }
    for (const [index, address] of (endpoint?.link_local_ips ?? []).entries()) {
      if (!isAddress(address.trim()))
        refuse(['networks', name, 'link_local_ips', index], `\`${printable(address)}\` is no IP address`);
    }
  }
};
