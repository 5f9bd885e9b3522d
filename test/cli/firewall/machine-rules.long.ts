/** Rules of a gateway and a registry, loaded by real nft: who comes to which port, and how often. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayFacts, registryFacts } from '../../../core/firewall/gateway-facts.ts';
import { type FirewallQuestion, firewallRules } from '../../../core/firewall/rules.ts';
import { Namespaces } from './namespaces.ts';
import { dialled, listening, type Place } from './probe.ts';
import { hosts, listens, device as machine, makeSite } from './site.ts';

const file = { apiVersion: 'towline/v1' as const, fleet: 'acme', anchor: '0'.repeat(40) };
const listen = { devices: '[::]:8443', people: '[::]:2222', internal: '0.0.0.0:8080' };
const site = { dns: [...hosts.router], ntp: [] };
const gateway: FirewallQuestion = {
  kind: 'gateway',
  facts: gatewayFacts(
    { ...file, listen, registries: { main: { url: `http://${hosts.registry[0]}:5000` } } },
    undefined,
    { ...site, from: { internal: ['10.77.0.1'] } },
  ),
};
const registry: FirewallQuestion = {
  kind: 'registry',
  facts: registryFacts([...hosts.gateway], { ...site, port: 5000, from: ['10.77.0.30'] }),
};

interface Machine extends AsyncDisposable {
  readonly spaces: Namespaces;
  /** Who of these connections had an answer. */
  answered(places: readonly Place[], from?: 'lan' | 'device'): Promise<string[]>;
}

async function made(ports: readonly string[]): Promise<Machine> {
  const stack = new AsyncDisposableStack();
  const spaces = stack.use(new Namespaces());
  makeSite(spaces);
  const listeners = [listening(spaces.pathOf('device'), ports), listening(spaces.pathOf('lan'), listens.lan)];
  for (const listener of await Promise.all(listeners)) stack.use(listener);
  let slowestMs = 1_000;
  return {
    spaces,
    answered: async (places, from = 'lan') => {
      const found = await dialled(spaces.pathOf(from), places, Math.ceil(5 * slowestMs));
      const answered = found.filter(each => each.answered);
      slowestMs = Math.max(slowestMs, ...answered.map(({ tookMs }) => tookMs));
      return answered.map(({ name }) => name);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const to = (port: number, host: keyof typeof hosts, version: 0 | 1 = 0): Place => ({
  ...{
    name: `${host} ${version === 0 ? 'IPv4' : 'IPv6'}: ${port}`,
    address: machine[version],
    port,
    protocol: 'tcp',
  },
  from: hosts[host][version],
});

test('devices and people come to a gateway from anywhere, Prometheus from where it is, and nobody to anything else', async () => {
  await using there = await made(['8443/tcp', '2222/tcp', '8080/tcp', '22/tcp']);
  const wanted = [
    ...[
      to(8443, 'neighbour'),
      to(8443, 'internet', 1),
      to(2222, 'mqtt'),
      to(2222, 'mqtt', 1),
      to(8080, 'router'),
    ],
  ];
  const refused = [to(8080, 'neighbour'), to(8080, 'router', 1), to(22, 'router'), to(22, 'neighbour', 1)];
  const names = (places: readonly Place[]) => places.map(({ name }) => name);
  assert.deepEqual(await there.answered([...wanted, ...refused]), names([...wanted, ...refused]));
  there.spaces.load('device', firewallRules(gateway, new Map()));
  assert.deepEqual(await there.answered([...wanted, ...refused]), names(wanted));
  const out = (address: string, port: number): Place => ({
    name: `${address} ${port}`,
    address,
    port,
    protocol: 'tcp',
  });
  const asks = [
    out(hosts.registry[0], 5000),
    out(hosts.router[0], 53),
    out(hosts.registry[0], 443),
    out(hosts.internet[0], 443),
  ];
  assert.deepEqual(await there.answered(asks, 'device'), names(asks.slice(0, 2)));
});

test('who tries logins by the hundred is stopped, by address, and others come in', async () => {
  await using there = await made(['8443/tcp', '2222/tcp', '8080/tcp']);
  there.spaces.load('device', firewallRules(gateway, new Map()));
  const many = Array.from({ length: 200 }, (_, at) => ({ ...to(2222, 'neighbour'), name: `${at}` }));
  const through = (await there.answered(many)).length;
  assert.ok(through >= 100 && through < 180, `${through} of 200 came through`);
  assert.equal((await there.answered([to(2222, 'mqtt')])).length, 1);
});

test('a registry is reached by its gateways and who builds, and by nobody else', async () => {
  await using there = await made(['5000/tcp', '22/tcp']);
  there.spaces.load('device', firewallRules(registry, new Map()));
  const wanted = [to(5000, 'gateway'), to(5000, 'gateway', 1), to(5000, 'mqtt')];
  const refused = [to(5000, 'neighbour'), to(5000, 'mqtt', 1), to(5000, 'router'), to(22, 'gateway')];
  assert.deepEqual(
    await there.answered([...wanted, ...refused]),
    wanted.map(({ name }) => name),
  );
});
