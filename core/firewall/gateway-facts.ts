/** What the rules of a gateway are made of: its gateway.yaml, what fleet.yaml says of its ports, and its site. */
import type { FleetFile, GatewayFile } from '../../schemas/types.generated.ts';
import { listenAddress } from '../fleet/address.ts';
import { defaultPortHost } from '../fleet/device-port.ts';
import { type Destination, onePort } from './destination.ts';
import { destinationOf, type SiteFacts, siteDestinations } from './device-facts.ts';
import type { OpenPort } from './host-rules.ts';

/** What listens at a gateway. */
export const gatewayPurposes = ['devices', 'people', 'portal', 'internal', 'webhooks', 'tunnels'] as const;
export type GatewayPurpose = (typeof gatewayPurposes)[number];

/** As gateway.yaml has them where it does not say otherwise. */
export const gatewayListens = {
  devices: '0.0.0.0:8443',
  people: '0.0.0.0:2222',
  internal: '127.0.0.1:8080',
} as const;

export interface GatewaySite extends SiteFacts {
  /** Who may come to each; absent: see `fromWhere`. */
  readonly from?: Partial<Readonly<Record<GatewayPurpose, readonly string[]>>>;
}

export interface MachineFacts extends Pick<SiteFacts, 'ssh' | 'log'> {
  readonly open: readonly OpenPort[];
  readonly destinations: readonly Destination[];
  readonly notes: readonly string[];
}

/** These are for everybody; health, metrics and webhooks are for whom the site names. */
const public_: ReadonlySet<GatewayPurpose> = new Set(['devices', 'people', 'portal']);

/**
 * New connections from one address in a minute. All devices of a site may come by one address, and come anew together where
 * a line was cut; whoever tries keys comes slower, or is stopped.
 */
const perMinute: Partial<Readonly<Record<GatewayPurpose, number>>> = {
  devices: 6000,
  people: 120,
  portal: 600,
};

const isLoopback = (host: string): boolean =>
  host === '::1' || host.startsWith('127.') || host === 'localhost';

interface Listening {
  readonly purpose: GatewayPurpose;
  readonly host: string;
  readonly from: number;
  readonly to: number;
}

function listening(file: GatewayFile, fleet: FleetFile | undefined): Listening[] {
  const { listen = {} } = file;
  const written: readonly (readonly [GatewayPurpose, string | undefined])[] = [
    ['devices', listen.devices ?? gatewayListens.devices],
    ['people', listen.people ?? gatewayListens.people],
    ['internal', listen.internal ?? gatewayListens.internal],
    ['webhooks', listen.webhooks],
    ['portal', listen.portal?.bind],
  ];
  const ports = fleet?.tunnels?.ports;
  return [
    ...written.flatMap(([purpose, text = '']): Listening[] => {
      const address = listenAddress(text);
      return address === undefined
        ? []
        : [{ purpose, host: address.host, from: address.port, to: address.port }];
    }),
    ...(ports === undefined
      ? []
      : [
          {
            purpose: 'tunnels' as const,
            host: ports.host ?? defaultPortHost,
            from: ports.from,
            to: ports.to,
          },
        ]),
  ];
}

function opened(all: readonly Listening[], { from = {} }: GatewaySite): Pick<MachineFacts, 'open' | 'notes'> {
  const open: OpenPort[] = [];
  const notes: string[] = [];
  for (const { purpose, host, from: first, to } of all) {
    const named = from[purpose];
    if (isLoopback(host)) continue;
    if (first === 0) notes.push(`${purpose}: the system chooses the port: no rule opens it`);
    else if (named === undefined && !public_.has(purpose))
      notes.push(`${purpose}: port ${first} is closed; --from ${purpose}=RANGE opens it`);
    else {
      const limit = perMinute[purpose];
      open.push({
        ...{ purpose, address: host, ports: { from: first, to }, from: named ?? 'any' },
        ...(limit === undefined ? {} : { perMinute: limit }),
      });
    }
  }
  return { open, notes };
}

const portOf: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ssh:': 22,
  'git:': 9418,
  'smtp:': 25,
  'smtps:': 465,
};

/** @returns undefined for what is no url of a host, such as a path */
function urlDestination(purpose: string, text: string): Destination | undefined {
  const [, host] = /^[^/@:]+@([^/:]+):/.exec(text) ?? [];
  if (host !== undefined) return destinationOf(purpose, `${host}:22`);
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  const number = port === '' ? portOf[protocol] : Number(port);
  if (hostname === '' || number === undefined) return undefined;
  const plain = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return { purpose, host: plain, ports: onePort(number), protocol: 'tcp' };
}

/** Of a receiver: `url`, or `address` (host:port), whichever it has. Syslog and GELF go by UDP as well. */
function receiver(purpose: string, settings: object): Destination[] {
  const url = 'url' in settings && typeof settings.url === 'string' ? settings.url : undefined;
  const address =
    'address' in settings && typeof settings.address === 'string' ? settings.address : undefined;
  const found = url === undefined ? destinationOf(purpose, address ?? '') : urlDestination(purpose, url);
  return found === undefined ? [] : [{ ...found, protocol: url === undefined ? 'any' : 'tcp' }];
}

function asked(file: GatewayFile): Destination[] {
  const { upstream, registries = {}, oidc, listen, sinks = {}, notify = [] } = file;
  const urls: readonly (readonly [string, string | undefined])[] = [
    ['forge', upstream?.url],
    ...Object.entries(registries).map(([name, { url }]) => [`registry ${name}`, url] as const),
    ['OpenID provider', oidc?.issuer],
    ['OpenID provider', listen?.portal?.oidc?.issuer],
  ];
  return [
    ...urls.flatMap(([purpose, url]) => (url === undefined ? [] : (urlDestination(purpose, url) ?? []))),
    ...Object.entries(sinks).flatMap(([name, sink]) => receiver(`sink ${name}`, sink)),
    ...notify.flatMap(each => receiver('notify', each)),
  ];
}

/** @param fleet fleet.yaml, where it is at hand: it has the ports of devices */
export function gatewayFacts(
  file: GatewayFile,
  fleet: FleetFile | undefined,
  site: GatewaySite,
): MachineFacts {
  const { open, notes } = opened(listening(file, fleet), site);
  const { ssh, log } = site;
  return {
    ...{ open, notes },
    destinations: [...asked(file), ...siteDestinations(site)],
    ...(ssh === undefined ? {} : { ssh }),
    ...(log === undefined ? {} : { log }),
  };
}

export interface RegistrySite extends SiteFacts {
  readonly port: number;
  /** Who pulls and pushes, besides the gateways. */
  readonly from: readonly string[];
}

/**
 * Of a registry behind gateways: they pull what devices are to have, and who builds pushes.
 * @param gateways addresses from which they come
 */
export function registryFacts(gateways: readonly string[], site: RegistrySite): MachineFacts {
  const { ssh, log, port, from } = site;
  const ports = { from: port, to: port };
  return {
    open: [{ purpose: 'registry', address: '', ports, from: [...new Set([...gateways, ...from])] }],
    destinations: siteDestinations(site),
    notes: [],
    ...(ssh === undefined ? {} : { ssh }),
    ...(log === undefined ? {} : { log }),
  };
}
