/** Rules of fleets that are made up, each taken by real nft. */
import fc from 'fast-check';
import type { Egress } from '../../../core/egress/egress.ts';
import { gatewayFacts } from '../../../core/firewall/gateway-facts.ts';
import { type FirewallQuestion, firewallRules, namesToResolve } from '../../../core/firewall/rules.ts';
import { appWith, deviceQuestion, gateway } from '../../core/firewall/facts.ts';

const four = fc.ipV4();
const six = fc.ipV6().filter(text => !text.includes('.'));
const address = fc.oneof(four, six);
const range = fc.oneof(
  address,
  fc.tuple(four, fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(six, fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
);
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
/** What stands for a keyword of nft elsewhere is a name of an app, too. */
const appName = fc.oneof(label, fc.constantFrom('drop', 'accept', 'jump', 'ip', '0', 'a'.repeat(63)));
const host = fc.tuple(label, label).map(labels => `${labels.join('.')}.example`);
const port = fc.integer({ min: 1, max: 65_535 });
const ports = fc.tuple(port, port).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

const egress: fc.Arbitrary<Egress | undefined> = fc.oneof(
  fc.constantFrom(undefined, 'any' as const, 'none' as const),
  fc.array(
    fc.record({
      to: fc.oneof(range, host),
      ports: fc.array(ports, { maxLength: 5 }),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'any' as const),
    }),
    { minLength: 1, maxLength: 6 },
  ),
);

const published = fc.record({
  target: port,
  published: fc.oneof(
    port.map(String),
    ports.map(({ from, to }) => `${from}-${to}`),
  ),
  host_ip: fc.oneof(fc.constantFrom('', '0.0.0.0', '::', '127.0.0.1'), address),
  protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
});

const app = fc
  .record({
    name: appName,
    egress,
    ports: fc.array(published, { maxLength: 4 }),
    mode: fc.constantFrom(undefined, 'host', 'bridge'),
    image: host,
  })
  .map(({ name, egress: out, ports: open, mode, image }) =>
    appWith(
      name,
      {
        services: {
          web: { image: `${image}/x`, ports: open, ...(mode === undefined ? {} : { network_mode: mode }) },
          two: { image: `${image}:5000/x`, networks: { one: null, own: null } },
        },
        networks: {
          one: {},
          own: { driver_opts: { 'com.docker.network.bridge.name': `br-${name.slice(0, 9)}x` } },
        },
      },
      out,
    ),
  );

const place = fc
  .tuple(
    fc.oneof(
      host,
      four,
      six.map(ip => `[${ip}]`),
    ),
    port,
  )
  .map(([at, to]) => `${at}:${to}`);
const site = fc.record({
  dns: fc.array(address, { maxLength: 3 }),
  ntp: fc.array(fc.oneof(address, host), { maxLength: 3 }),
  ssh: fc.record({ from: fc.oneof(fc.constant('any' as const), fc.array(range, { maxLength: 3 })), port }),
  log: fc.boolean(),
});

const device = fc
  .record({
    apps: fc.uniqueArray(app, { maxLength: 4, selector: each => each.app }),
    gateways: fc.array(place, { maxLength: 3 }),
    site,
  })
  .map(({ apps, gateways, site: own }) =>
    deviceQuestion(apps, { state: { gateways: gateways.map(gateway) }, site: own }),
  );

const listen = fc
  .tuple(fc.constantFrom('', '0.0.0.0', '10.1.0.1', '[::]', '[fd00::1]'), port)
  .map(([at, to]) => `${at}:${to}`);
const served = fc
  .record({
    listen: fc.record({ devices: listen, people: listen, internal: listen, webhooks: listen }),
    url: host,
    from: fc.record({ internal: fc.array(range, { minLength: 1, maxLength: 3 }) }),
    site,
  })
  .map(({ listen: at, url, from, site: own }): FirewallQuestion => {
    const file = { apiVersion: 'towline/v1' as const, fleet: 'acme', anchor: '0'.repeat(40), listen: at };
    return {
      kind: 'gateway',
      facts: gatewayFacts({ ...file, upstream: { url: `https://${url}/x.git` } }, undefined, {
        ...own,
        from,
      }),
    };
  });

/** Rules, with some addresses for each of their names. */
export const generatedRules: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof({ arbitrary: device, weight: 4 }, { arbitrary: served, weight: 1 }),
    fc.array(address, { minLength: 1, maxLength: 4 }),
  )
  .map(([question, addresses]) => {
    const known = new Map(namesToResolve(question).map(name => [name, addresses]));
    return firewallRules(question, known, ['generated']);
  });
