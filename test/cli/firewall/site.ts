/**
 * A site: a device in one network namespace, all that it could speak to in another, and its apps' containers. What is tried is
 * the same whether Docker has made the containers' networks or the test.
 */

import type { DesiredProject } from '../../../core/desired/state.ts';
import { bridgeOf } from '../../../core/egress/bridge-name.ts';
import { firewallRules } from '../../../core/firewall/rules.ts';
import { appWith, deviceQuestion, gateway } from '../../core/firewall/facts.ts';
import type { Namespaces } from './namespaces.ts';
import { type Dialled, dialled, type NetworkPath, type Place } from './probe.ts';

/** Hosts of the network `lan`, with their addresses of both versions. */
export const hosts = {
  router: ['10.77.0.1', 'fd77::1'],
  gateway: ['10.77.0.10', 'fd77::10'],
  registry: ['10.77.0.11', 'fd77::11'],
  store: ['10.77.0.12', 'fd77::12'],
  neighbour: ['10.77.0.20', 'fd77::20'],
  mqtt: ['10.77.0.30', 'fd77::30'],
  metadata: ['169.254.169.254', 'fd77::fe'],
  internet: ['203.0.113.5', '2001:db8::5'],
} as const;

export const device = ['10.77.0.2', 'fd77::2'] as const;

export const names = new Map(
  Object.entries({
    'gw.example.com': hosts.gateway,
    'registry.example.com': hosts.registry,
    'mqtt.example.com': hosts.mqtt,
    'nas.example.com': hosts.store,
  }),
);

const web = { image: 'registry.example.com:5000/web@sha256:1', networks: { front: null } };

/** alpha: a list; beta: anywhere; gamma: nothing is said. Each publishes ports. */
export const apps: readonly DesiredProject[] = [
  appWith(
    'alpha',
    {
      services: {
        web: {
          ...web,
          ports: [
            { target: 80, published: '8080', protocol: 'tcp' },
            { target: 53, published: '8053', protocol: 'udp' },
            { target: 81, published: '8081', host_ip: device[0], protocol: 'tcp' },
            { target: 82, published: '8082', host_ip: '127.0.0.1', protocol: 'tcp' },
          ],
        },
        side: web,
      },
      networks: { front: { enable_ipv6: true } },
    },
    [{ to: 'mqtt.example.com', ports: [{ from: 8883, to: 8883 }], protocol: 'tcp' }],
  ),
  appWith('beta', { services: { web }, networks: { front: { enable_ipv6: true } } }, 'any'),
  appWith('gamma', {
    services: { web: { ...web, ports: [{ target: 80, published: '8380', protocol: 'tcp' }] }, side: web },
    networks: { front: { enable_ipv6: true } },
  }),
];

export const bridge = (app: string): string => {
  const project = apps.find(each => each.app === app);
  const name = project === undefined ? undefined : bridgeOf(project.model, 'front');
  if (name === undefined) throw new Error(`no bridge is known of ${app}`);
  return name;
};

export const question = deviceQuestion(apps, {
  state: {
    gateways: [gateway('gw.example.com:8443')],
    backupStores: [
      {
        name: 'nas',
        place: { host: 'nas.example.com', port: 22, user: 'u', path: '/x', hostKeys: [] },
        secret: 'x',
        sealed: { mode: 0o100644, bytes: Buffer.of(), sha256: '', path: 'x' },
      },
    ],
  },
  site: {
    dns: [...hosts.router],
    ntp: [...hosts.router],
    ssh: { from: ['10.77.0.1', 'fd77::1'], port: 22 },
    log: false,
  },
});

export const rules = (): string => firewallRules(question, names);

const onAll = (port: string, all: readonly (readonly string[])[]) =>
  all.flat().map(each => `${port}@${each}`);

/** What answers: on `lan`, at every host; at the device itself; in each container. */
export const listens = {
  lan: [
    ...['22/tcp', '53/tcp', '80/tcp', '443/tcp', '5000/tcp', '8443/tcp', '8883/tcp'],
    ...['53/udp', '123/udp', '8883/udp'].flatMap(port => onAll(port, Object.values(hosts))),
  ],
  device: ['22/tcp', '9090/tcp', ...onAll('9090/udp', [device])],
  container: ['80/tcp', '81/tcp', '53/udp', '53/udp@::1', '9000/tcp'],
} as const;

/** The device, its router and all else of the network. */
export function makeSite(spaces: Namespaces): void {
  spaces.add('device', 'lan');
  spaces.cable('device', 'eth0', 'lan', 'eth0');
  spaces.ip(
    'device',
    ...[`addr add ${device[0]}/24 dev eth0`, `addr add ${device[1]}/64 dev eth0 nodad`],
    ...[`route add default via ${hosts.router[0]}`, `route add ::/0 via ${hosts.router[1]}`],
  );
  spaces.ip(
    'lan',
    ...Object.values(hosts).flatMap(([four, six]) => [
      `addr add ${four}/${four.startsWith('10.77.') ? 24 : 32} dev eth0`,
      `addr add ${six}/${six.startsWith('fd77') ? 64 : 128} dev eth0 nodad`,
    ]),
  );
}

export type Source = 'device' | 'router' | 'neighbour' | 'alpha' | 'beta' | 'gamma';

/** Source → the network it is in; name of a container → its addresses. */
export interface Site {
  readonly networks: Readonly<Record<'device' | 'lan' | 'alpha' | 'beta' | 'gamma', NetworkPath>>;
  readonly containers: Readonly<
    Record<'alpha' | 'alpha-side' | 'beta' | 'gamma' | 'gamma-side', readonly [string, string]>
  >;
}

/** `alpha → mqtt:8883/tcp`, of each version of IP. */
export type Try = readonly [source: Source, host: string, port: string, versions?: '4' | '6' | '46'];

/** @param only of these sources */
export async function tryAll(
  site: Site,
  tries: readonly Try[],
  timeoutMs: number,
): Promise<readonly (Dialled & { source: Source })[]> {
  const addressesOf = (host: string): readonly string[] =>
    host === 'device'
      ? device
      : (Object.entries({ ...hosts, ...site.containers }).find(([name]) => name === host)?.[1] ?? [host]);
  const bySource = Map.groupBy(tries, ([source]) => source);
  const all = await Promise.all(
    [...bySource].map(async ([source, own]) => {
      const isLan = source === 'router' || source === 'neighbour';
      const places = own.flatMap(([, host, port, versions = '46']): Place[] => {
        const [number, protocol] = port.split('/');
        return addressesOf(host).flatMap(address => {
          if (!versions.includes(address.includes(':') ? '6' : '4')) return [];
          const name = `${source} → ${host} [${address}]:${port}`;
          const from = isLan ? hosts[source][address.includes(':') ? 1 : 0] : undefined;
          return [
            {
              ...{ name, address, port: Number(number), protocol: protocol === 'udp' ? 'udp' : 'tcp' },
              ...(from === undefined ? {} : { from }),
            },
          ];
        });
      });
      const network = isLan ? site.networks.lan : site.networks[source];
      const found = await dialled(network, places, timeoutMs);
      return found.map(each => ({ ...each, source }));
    }),
  );
  return all.flat();
}
