/** The rules of a device, loaded by real nft into the network of one: what it needs works, and nothing else does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespaces } from './namespaces.ts';
import { listening } from './probe.ts';
import { bridge, device, listens, makeSite, rules, type Site, tryAll } from './site.ts';
import { forbidden, forbiddenBetween, works } from './tries.ts';

const containers = {
  alpha: ['172.31.1.2', 'fd99:1::2'],
  'alpha-side': ['172.31.1.3', 'fd99:1::3'],
  beta: ['172.31.2.2', 'fd99:2::2'],
  gamma: ['172.31.3.2', 'fd99:3::2'],
  'gamma-side': ['172.31.3.3', 'fd99:3::3'],
} as const;

const bridges = [bridge('alpha'), bridge('beta'), 'br-0123456789ab'];

/** Networks and translations of addresses as Docker makes them, without its rules. */
function makeContainers(spaces: Namespaces): void {
  for (const [index, name] of bridges.entries()) {
    const net = index + 1;
    spaces.ip(
      'device',
      ...[`link add ${name} type bridge`, `link set ${name} up`],
      ...[`addr add 172.31.${net}.1/24 dev ${name}`, `addr add fd99:${net}::1/64 dev ${name} nodad`],
    );
    spaces.ip(
      'lan',
      `route add 172.31.${net}.0/24 via ${device[0]}`,
      `route add fd99:${net}::/64 via ${device[1]}`,
    );
  }
  for (const [index, [name, [four, six]]] of Object.entries(containers).entries()) {
    const net = Number(four.split('.')[2]);
    spaces.add(name);
    spaces.cable('device', `veth${index}`, name, 'eth0');
    spaces.ip('device', `link set veth${index} master ${bridges[net - 1]}`);
    spaces.ip(
      name,
      ...[`addr add ${four}/24 dev eth0`, `addr add ${six}/64 dev eth0 nodad`],
      ...[`route add default via 172.31.${net}.1`, `route add ::/0 via fd99:${net}::1`],
    );
  }
  spaces.load('device', translations('ip', '172.31.1.2', '172.31.3.2', '172.31.0.0/16'));
  spaces.load('device', translations('ip6', '[fd99:1::2]', '[fd99:3::2]', 'fd99::/16'));
}

const translations = (family: string, alpha: string, gamma: string, all: string) => `table ${family} engine {
  chain in {
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport 8080 dnat to ${alpha}:80
    fib daddr type local tcp dport 8380 dnat to ${gamma}:80
    ${family === 'ip' ? `udp dport 8053 dnat to ${alpha}:53` : ''}
    ${family === 'ip' ? `ip daddr ${device[0]} tcp dport 8081 dnat to ${alpha}:81` : ''}
  }
  chain out {
    type nat hook postrouting priority srcnat;
    ${family} saddr ${all} oifname "eth0" masquerade
  }
}
`;

test('with the rules loaded, what a device and its apps need works, and some 50 other connections do not', async () => {
  using spaces = new Namespaces();
  makeSite(spaces);
  makeContainers(spaces);
  await using stack = new AsyncDisposableStack();
  const listeners = [
    listening(spaces.pathOf('lan'), listens.lan),
    listening(spaces.pathOf('device'), listens.device),
    ...Object.keys(containers).map(name => listening(spaces.pathOf(name), listens.container)),
  ];
  for (const listener of await Promise.all(listeners)) stack.use(listener);
  const networks = {
    ...{ device: spaces.pathOf('device'), lan: spaces.pathOf('lan'), alpha: spaces.pathOf('alpha') },
    ...{ beta: spaces.pathOf('beta'), gamma: spaces.pathOf('gamma') },
  };
  const site: Site = { networks, containers };
  const all = [...forbidden, ...forbiddenBetween];
  const open = await tryAll(site, [...works, ...all], 60_000);
  assert.deepEqual(
    open.filter(({ answered }) => !answered),
    [],
    'without rules, each of them works',
  );

  spaces.load('device', rules());
  const needed = await tryAll(site, works, 60_000);
  assert.deepEqual(
    needed.filter(({ answered }) => !answered),
    [],
  );
  // What answers at all has answered long before.
  const slowestMs = Math.max(...[...open, ...needed].map(({ tookMs }) => tookMs));
  const refused = await tryAll(site, all, Math.ceil(Math.max(1_000, 5 * slowestMs)));
  assert.deepEqual(
    refused.filter(({ answered }) => answered).map(({ name }) => name),
    [],
  );
  assert.ok(all.length >= 40, `${all.length}`);
});
