/** A place that something may connect to, and the rules that let it. */

import { isAddress } from '../compose/value/address.ts';
import { addressKey } from '../desired/address-key.ts';
import { isRange } from '../egress/egress.ts';
import type { PortRange } from '../egress/port-range.ts';
import { TowlineError } from '../errors.ts';
import { addressWord, portSet, setOf } from './nft-word.ts';
import type { Addresses, Rule } from './ruleset.ts';

export interface Destination {
  /** What it is: `gateway`, `backup store nas`. */
  readonly purpose: string;
  /** A name, an address, or a range of addresses. */
  readonly host: string;
  /** Empty: all. */
  readonly ports: readonly PortRange[];
  readonly protocol: 'tcp' | 'udp' | 'any';
}

export const onePort = (port: number): PortRange[] => [{ from: port, to: port }];

const isName = (host: string): boolean => !isAddress(host) && !isRange(host);

/** Hosts whose addresses must be known, each once, sorted. */
export const namesOf = (destinations: readonly Destination[]): string[] =>
  [...new Set(destinations.map(({ host }) => host).filter(isName))].sort();

/** @throws TowlineError FIREWALL_UNRESOLVED with all that have no address */
export function requireAddresses(destinations: readonly Destination[], addresses: Addresses): void {
  const missing = namesOf(destinations).filter(name => (addresses.get(name) ?? []).length === 0);
  if (missing.length === 0) return;
  throw new TowlineError('FIREWALL_UNRESOLVED', `no address is known of ${missing.join(', ')}`, {
    details: { names: missing },
  });
}

function addressesOf(host: string, addresses: Addresses): readonly string[] {
  if (!isName(host)) return [addressWord(host)];
  const known = (addresses.get(host) ?? []).map(addressKey).map(text => text.replace(/^\[(.*)\]$/, '$1'));
  return [...new Set(known.map(addressWord))].sort();
}

const everyProtocol: readonly string[] = ['tcp', 'udp'];

/** What must hold of protocol and port: one for each rule. */
function portMatches({ ports, protocol }: Destination): readonly string[][] {
  const protocols = protocol === 'any' ? everyProtocol : [protocol];
  if (ports.length > 0) return protocols.map(each => [`${each} dport ${portSet(ports)}`]);
  return protocol === 'any' ? [[]] : [[`meta l4proto ${protocol}`]];
}

function words({ purpose, host, ports, protocol }: Destination): string {
  const range = ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(',');
  return `${purpose} ${host} ${protocol}${range === '' ? '' : `/${range}`}`;
}

export function destinationRules(
  destination: Destination,
  addresses: Addresses,
  base: readonly string[] = [],
): Rule[] {
  const { host } = destination;
  const known = addressesOf(host, addresses);
  const families = [
    { family: 'ip', of: known.filter(address => !address.includes(':')) },
    { family: 'ip6', of: known.filter(address => address.includes(':')) },
  ];
  return families.flatMap(({ family, of }) =>
    of.length === 0
      ? []
      : portMatches(destination).map(match => ({
          match: [...base, `${family} daddr ${setOf(of)}`, ...match],
          verdict: 'accept',
          comment: words(destination),
          ...(isName(host) ? { resolved: host } : {}),
        })),
  );
}
