/** What the rules of a device are made of: what it should be at a commit, and what only its site knows. */
import type { DesiredState } from '../desired/state.ts';
import { dialledAddress } from '../fleet/address.ts';
import { fullRepository } from '../images/repository.ts';
import { type AppNetworks, appNetworks } from './app-networks.ts';
import { type Destination, namesOf, onePort } from './destination.ts';
import { type PublishedPort, publishedPorts } from './published-ports.ts';

/** What no file of the fleet says. */
export interface SiteFacts {
  /** Addresses of name servers. Empty: names are not asked for. */
  readonly dns: readonly string[];
  /** Hosts that tell the time. */
  readonly ntp: readonly string[];
  /** Through which the agent dials all that it dials. */
  readonly proxy?: { readonly host: string; readonly port: number };
  /** Gateways of agent.yaml, host:port: they are dialled until a commit is trusted. */
  readonly gateways?: readonly string[];
  /** Also to be reached. */
  readonly others?: readonly Destination[];
  /** Ranges from which SSH comes; `any`; absent: from nowhere. */
  readonly ssh?: { readonly from: 'any' | readonly string[]; readonly port: number };
  /** Whether what is refused is logged, some of it. */
  readonly log?: boolean;
}

export interface DeviceFacts extends Pick<SiteFacts, 'dns' | 'ssh' | 'log'> {
  /** Of the device itself. */
  readonly destinations: readonly Destination[];
  readonly apps: readonly AppNetworks[];
  readonly published: readonly PublishedPort[];
  readonly notes: readonly string[];
}

const hub = ['registry-1.docker.io', 'auth.docker.io', 'production.cloudflare.docker.com'];

/** @returns host and port of registries that the engine dials by itself */
function registries({ projects, next = [], settings }: DesiredState): Destination[] {
  const through = new Set(settings.images?.throughGateway ?? []);
  const all = [...projects, ...next.flatMap(({ would }) => would ?? [])];
  const images = all.flatMap(({ model }) =>
    Object.values(model.services).flatMap(({ image }) => image ?? []),
  );
  const repositories = images.map(fullRepository);
  const isThrough = (repository: string) =>
    [...through].some(place => repository === place || repository.startsWith(`${place}/`));
  const hosts = repositories.filter(each => !isThrough(each)).map(each => each.split('/')[0] ?? '');
  return [...new Set(hosts)].sort().flatMap(host => {
    const places = host === 'docker.io' ? hub : [host];
    return places.flatMap(
      place => destinationOf('registry', /:\d+$/.test(place) ? place : `${place}:443`) ?? [],
    );
  });
}

/** @param place host:port @returns undefined for what is none */
export function destinationOf(purpose: string, place: string): Destination | undefined {
  const address = dialledAddress(place);
  if (address === undefined) return undefined;
  return { purpose, host: address.host.toLowerCase(), ports: onePort(address.port), protocol: 'tcp' };
}

function stores({ backupStores = [] }: DesiredState): Destination[] {
  return backupStores.flatMap(({ name, place }) =>
    'folder' in place
      ? []
      : [
          {
            purpose: `backup store ${name}`,
            host: place.host.toLowerCase(),
            ports: onePort(place.port),
            protocol: 'tcp' as const,
          },
        ],
  );
}

/** What every machine of a site asks besides its work: names and the time. */
export function siteDestinations({ dns, ntp, others = [] }: SiteFacts): Destination[] {
  return [
    ...dns.map((host): Destination => ({ purpose: 'DNS', host, ports: onePort(53), protocol: 'any' })),
    ...ntp.map((host): Destination => ({ purpose: 'NTP', host, ports: onePort(123), protocol: 'udp' })),
    ...others,
  ];
}

function dialled(state: DesiredState, { proxy, gateways = [] }: SiteFacts): Destination[] {
  if (proxy !== undefined)
    return [
      { purpose: 'proxy', host: proxy.host.toLowerCase(), ports: onePort(proxy.port), protocol: 'tcp' },
    ];
  const places = [...new Set([...state.gateways.map(({ address }) => address), ...gateways])];
  return places.flatMap(place => destinationOf('gateway', place) ?? []);
}

/** Ways in and ways out that whoever loads the rules would not expect. */
function siteNotes(
  { dns, ssh }: SiteFacts,
  destinations: readonly Destination[],
  ports: readonly PublishedPort[],
): string[] {
  const port = ssh?.port ?? 22;
  const opened = ports.filter(each => each.protocol === 'tcp' && each.from <= port && port <= each.to);
  const names = dns.length > 0 ? [] : namesOf(destinations);
  return [
    ...opened.map(({ app }) => `app ${app}: it publishes ${port}/tcp, and that opens the device’s own sshd`),
    ...(names.length === 0
      ? []
      : [`no name server: nothing but the device’s own hosts file tells it ${names.join(', ')}`]),
  ];
}

export function deviceFacts(state: DesiredState, site: SiteFacts): DeviceFacts {
  const { dns, ssh, log } = site;
  const apps = state.projects.map(appNetworks);
  const published = state.projects.map(publishedPorts);
  const ports = published.flatMap(({ ports }) => ports);
  const destinations = [
    ...dialled(state, site),
    ...siteDestinations(site),
    ...registries(state),
    ...stores(state),
  ];
  return {
    ...{ dns, destinations, apps },
    published: ports,
    notes: [
      ...siteNotes(site, destinations, ports),
      ...apps.flatMap(({ notes }) => notes),
      ...published.flatMap(({ notes }) => notes),
    ],
    ...(ssh === undefined ? {} : { ssh }),
    ...(log === undefined ? {} : { log }),
  };
}
