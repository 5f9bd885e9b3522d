/** Ports of the device that the Compose files of its apps publish. */
import type { PortModel, ServiceModel } from '../compose/value/model.ts';
import { instanceCount } from '../desired/container-name.ts';
import { networkKeys } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { bridgeOf } from '../egress/bridge-name.ts';
import { type PortRange, portRange } from '../egress/port-range.ts';
import { addressWord, interfaceWord, portWord, setOf } from './nft-word.ts';
import type { Rule } from './ruleset.ts';

export interface PublishedPort extends PortRange {
  readonly app: string;
  /** '' for every address of the device. */
  readonly hostIp: string;
  readonly protocol: string;
  /** Bridges behind which its container is. Empty: nobody knows. */
  readonly bridges: readonly string[];
}

/** Ports that the engine chooses by itself, which no rule can name. */
export interface Published {
  readonly ports: readonly PublishedPort[];
  readonly notes: readonly string[];
}

const protocols = new Set(['tcp', 'udp', 'sctp']);

function isLoopback(hostIp: string): boolean {
  return hostIp.startsWith('127.') || /^(0*:)+0*1$/.test(hostIp) || hostIp === '::1';
}

function knownBridges(project: DesiredProject, service: ServiceModel): readonly string[] {
  const bridges = networkKeys(service).map(key => bridgeOf(project.model, key));
  return bridges.every(bridge => bridge !== undefined) ? bridges : [];
}

function published(port: PortModel, app: string, bridges: readonly string[]): PublishedPort | string {
  const hostIp = port.host_ip ?? '';
  const protocol = (port.protocol ?? 'tcp').toLowerCase();
  const shown = `${port.target ?? '?'}/${protocol}`;
  if (!protocols.has(protocol)) return `${shown} is of no protocol that rules know`;
  const text = port.published ?? '';
  if (text === '' || text === '0')
    return `the engine chooses the port of the device for ${shown}: no rule opens it`;
  const range = portRange(text);
  if (range === undefined) return `${shown} has no port of the device that rules know`;
  return { ...range, app, hostIp, protocol, bridges };
}

/** Of one app. */
export function publishedPorts(project: DesiredProject): Published {
  const ports: PublishedPort[] = [];
  const notes: string[] = [];
  for (const [name, service] of Object.entries(project.model.services)) {
    const own = !['host', 'none'].includes(service.network_mode ?? '');
    if (!own || instanceCount(service) === 0) continue;
    const bridges = knownBridges(project, service);
    for (const each of service.ports ?? []) {
      const port = published(each, project.app, bridges);
      if (typeof port === 'string') notes.push(`app ${project.app}, service ${name}: ${port}`);
      else if (!isLoopback(port.hostIp)) ports.push(port);
    }
  }
  return { ports, notes };
}

/** Of which version of IP, and to which address of the device. @param word what it is matched by */
function addressMatch(hostIp: string, word: 'daddr' | 'original daddr'): string[] {
  if (hostIp === '') return [];
  const isSix = hostIp.includes(':');
  if (hostIp === '0.0.0.0' || hostIp === '::') return [`meta nfproto ${isSix ? 'ipv6' : 'ipv4'}`];
  const family = isSix ? 'ip6' : 'ip';
  const address = addressWord(hostIp);
  return [word === 'daddr' ? `${family} daddr ${address}` : `ct original ${family} daddr ${address}`];
}

const words = ({ app, hostIp, protocol, from, to }: PublishedPort): string =>
  `app ${app}: published ${hostIp === '' ? '' : `[${hostIp}]:`}${from === to ? from : `${from}-${to}`}/${protocol}`;

/** To the device itself: the engine's own proxy takes the connection, as it does for IPv6 on networks without it. */
export function publishedInput(port: PublishedPort): Rule {
  const match = [...addressMatch(port.hostIp, 'daddr'), `${port.protocol} dport ${portWord(port)}`];
  return { match, verdict: 'accept', comment: words(port) };
}

/**
 * Through the device: the engine has put the container's address and port into the packet before any rule of filters sees
 * it, so that what was dialled is known to connection tracking alone.
 * @param unknown interfaces behind which containers of unknown networks are
 */
export function publishedForward(port: PublishedPort, unknown: string): Rule {
  const bridges = port.bridges.length === 0 ? unknown : setOf(port.bridges.map(interfaceWord));
  const match = [
    'ct status dnat',
    `oifname ${bridges}`,
    ...addressMatch(port.hostIp, 'original daddr'),
    `meta l4proto ${port.protocol}`,
    `ct original proto-dst ${portWord(port)}`,
  ];
  return { match, verdict: 'accept', comment: words(port) };
}
