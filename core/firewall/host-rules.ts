/** Rules that every machine of a fleet needs, whatever it is: what keeps its network going, and how its chains end. */
import type { PortRange } from '../egress/port-range.ts';
import { addressWord, portWord } from './nft-word.ts';
import type { Rule, SeenSet } from './ruleset.ts';

export const accept = (comment: string, ...match: readonly string[]): Rule => ({
  match,
  verdict: 'accept',
  comment,
});

export const established = accept('answers', 'ct state established,related');

/** Neighbours of IPv6, its routers and groups: without them there is no IPv6. */
const neighbours =
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query, mld-listener-report, mld2-listener-report }';

/** Before anything is told apart by its interface. */
export function inputBasics(): Rule[] {
  return [
    accept('loopback', 'iifname "lo"'),
    established,
    { match: ['ct state invalid'], verdict: 'drop', comment: 'belongs to nothing' },
    accept('neighbours of IPv6', 'ip6 hoplimit 255', neighbours),
    accept('groups of IPv6', 'ip6 saddr fe80::/10', neighbours),
  ];
}

/** From the network: being looked for, and a lease. */
export function inputNetwork(): Rule[] {
  const ping = 'limit rate 10/second burst 20 packets';
  return [
    accept('ping', 'icmp type echo-request', ping),
    accept('ping', 'icmpv6 type echo-request', ping),
    accept('DHCP', 'udp sport 67', 'udp dport 68'),
    accept('DHCP of IPv6', 'ip6 saddr fe80::/10', 'udp sport 547', 'udp dport 546'),
  ];
}

export function outputBasics(): Rule[] {
  return [
    accept('loopback', 'oifname "lo"'),
    established,
    accept('neighbours of IPv6', neighbours),
    accept('DHCP', 'udp sport 68', 'udp dport 67'),
    accept('DHCP of IPv6', 'ip6 daddr { ff02::1:2, fe80::/10 }', 'udp sport 546', 'udp dport 547'),
  ];
}

/** Who may come to a port of the machine. */
export interface OpenPort {
  /** A plain word: sets bear it in their names. */
  readonly purpose: string;
  /** '', or the address on which it listens: `0.0.0.0` is IPv4 alone, `::` both. */
  readonly address: string;
  readonly ports: PortRange;
  /** Ranges of addresses. */
  readonly from: 'any' | readonly string[];
  /** New connections from one address in a minute; more are dropped. Absent: as many as come. */
  readonly perMinute?: number;
}

/** Of the version of IP on which it listens: others do not come. */
function visitors({ from, address }: OpenPort): string[][] {
  if (from === 'any') return [[]];
  const versions = sourcesOf({ address }).map(({ family }) => family);
  return from.flatMap(range => {
    const isSix = range.includes(':');
    if (!versions.includes(isSix ? 'ipv6' : 'ipv4')) return [];
    return [[`${isSix ? 'ip6' : 'ip'} saddr ${addressWord(range)}`]];
  });
}

function addressed(address: string): string[] {
  if (address === '' || address === '::') return [];
  if (address === '0.0.0.0') return ['meta nfproto ipv4'];
  return [`${address.includes(':') ? 'ip6' : 'ip'} daddr ${addressWord(address)}`];
}

/** Of IPv6, whoever has one address has 2^64 of them. */
const sources = [
  { family: 'ipv4', type: 'ipv4_addr', key: 'ip saddr' },
  { family: 'ipv6', type: 'ipv6_addr', key: 'ip6 saddr and ffff:ffff:ffff:ffff::' },
] as const;

/** Of the versions of IP on which it listens. */
function sourcesOf({ address }: Pick<OpenPort, 'address'>) {
  if (address === '' || address === '::') return sources;
  return sources.filter(({ family }) => (family === 'ipv6') === address.includes(':'));
}

const setName = ({ purpose }: OpenPort, family: string): string => `seen-${purpose}-${family}`;

export const seenSets = (open: readonly OpenPort[]): SeenSet[] =>
  open
    .filter(({ perMinute }) => perMinute !== undefined)
    .flatMap(port => sourcesOf(port).map(({ family, type }) => ({ name: setName(port, family), type })));

function limits(open: OpenPort, match: readonly string[]): Rule[] {
  const { purpose, perMinute } = open;
  if (perMinute === undefined) return [];
  const rate = `limit rate over ${perMinute}/minute burst ${perMinute} packets`;
  return sourcesOf(open).map(({ family, key }) => ({
    match: [
      `meta nfproto ${family}`,
      ...match.filter(word => !word.startsWith('meta nfproto')),
      'ct state new',
      `add @${setName(open, family)} { ${key} ${rate} }`,
    ],
    verdict: 'drop',
    comment: `${purpose}: more than ${perMinute} connections in a minute from one address`,
  }));
}

export function openRules(open: OpenPort): Rule[] {
  const { purpose, address, ports } = open;
  const match = [...addressed(address), `tcp dport ${portWord(ports)}`];
  const accepted = visitors(open).map(source =>
    accept(`${purpose} ${portWord(ports)}/tcp`, ...source, ...match),
  );
  return [...limits(open, match), ...accepted];
}

/** The end of a chain. @param verdict what becomes of the rest */
export function ending(where: string, isLogged: boolean, verdict: 'drop' | 'reject'): Rule[] {
  const limit = 'limit rate 10/minute burst 20 packets';
  const log = { match: [limit], verdict: `log prefix "towline ${where}: "`, comment: 'what is refused' };
  const refusal = verdict === 'drop' ? 'drop' : 'reject with icmpx admin-prohibited';
  return [
    ...(isLogged ? [log] : []),
    { match: ['counter'], verdict: refusal, comment: `nothing else: ${where}` },
  ];
}
