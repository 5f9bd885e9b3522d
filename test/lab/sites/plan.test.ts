import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTowlineError } from '../../../core/errors.ts';
import { isOut, readOutage } from '../../../lab/sites/keeper/outage.ts';
import { labOfDevices, parseLabFile } from '../../../lab/sites/lab-file.ts';
import { planLab, reachableDevices } from '../../../lab/sites/lab-plan.ts';
import { routerRules } from '../../../lab/sites/network.ts';

const parsed = (text: string) => parseLabFile('lab.yaml', Buffer.from(text));
const refused = (pattern: RegExp) => (error: unknown) =>
  isTowlineError(error) && error.code === 'CLI_USAGE' && pattern.test(error.message);

test('every site has the same addresses behind a router of its own, as in so many buildings', () => {
  const { sites } = planLab(labOfDevices(9));
  assert.deepEqual(
    sites.map(({ name, devices }) => [name, devices.length]),
    [
      ['north', 4],
      ['east', 4],
      ['south', 1],
    ],
  );
  assert.equal(new Set(sites.map(({ address }) => address)).size, 3);
  assert.deepEqual(
    sites.map(({ devices: [first] }) => first?.address),
    ['192.168.1.11', '192.168.1.11', '192.168.1.11'],
  );
});

test('a file of a lab: ids, uplinks, proxies, times of outage, engines', () => {
  const { sites, gateways } = planLab(
    parsed(`apiVersion: towline/v1
gateways: 2
engine: shared
sites:
  factory: { devices: 2, uplink: { delay: 80ms, loss: 1.5%, rate: 2mbit }, proxy: http }
  ship: { devices: [bridge, engine-room], engine: own, down: ["22:00-02:00"], disk: 64MiB }
`),
  );
  const [factory, ship] = sites;
  assert.deepEqual(factory?.uplink, { delayMs: 80, loss: 0.015, bitsPerSecond: 2_000_000 });
  assert.deepEqual([factory?.proxy, factory?.engine, ship?.engine], [true, 'shared', 'own']);
  assert.deepEqual(
    ship?.devices.map(({ id }) => id),
    ['bridge', 'engine-room'],
  );
  // On one engine two apps cannot have one port.
  assert.equal(new Set(factory?.devices.map(({ httpPort }) => httpPort)).size, 2);
  assert.equal(ship?.diskBytes, 64 * 1024 ** 2);
  assert.deepEqual(
    gateways.map(({ host }) => host),
    ['gateway-1.lab.test', 'gateway-2.lab.test'],
  );
});

test('what is wrong with a file is said with its line', () => {
  const wrong =
    'apiVersion: towline/v1\nsites:\n  factory: { devices: 2, uplnk: {} }\n  Hall: { devices: 1 }\n';
  assert.throws(() => parsed(wrong), refused(/lab\.yaml:3:\d+ .*"uplnk".*did you mean "uplink"/));
  assert.throws(() => parsed(wrong), refused(/lab\.yaml:4:\d+ .*"Hall"/));
  assert.throws(
    () => parsed('apiVersion: towline/v1\nsites: { a: { devices: 1, down: ["25:00-26:00"] } }\n'),
    refused(/down/),
  );
});

test('no two parts have one name, and there are not too many', () => {
  const taken = 'apiVersion: towline/v1\nsites:\n  a: { devices: [registry] }\n';
  assert.throws(() => planLab(parsed(taken)), refused(/registry is the name of two parts/));
  const twice = 'apiVersion: towline/v1\nsites:\n  a: { devices: [x] }\n  b: { devices: [x] }\n';
  assert.throws(() => planLab(parsed(twice)), refused(/x is the name of two parts/));
  // Programs are called after their part.
  const daemon = 'apiVersion: towline/v1\nsites:\n  a: { devices: [x, x-sshd] }\n';
  assert.throws(() => planLab(parsed(daemon)), refused(/x-sshd is the name of two parts/));
  const many =
    'apiVersion: towline/v1\nsites:\n  a: { devices: 32 }\n  b: { devices: 32 }\n  c: { devices: 1 }\n';
  assert.throws(() => planLab(parsed(many)), refused(/65 devices are too many/));
  for (const count of [0, 65, 1.5, Number.NaN]) assert.throws(() => labOfDevices(count), refused(/1 to 64/));
  const slow = 'apiVersion: towline/v1\nsites:\n  a: { devices: 1, uplink: { delay: 11s } }\n';
  assert.throws(() => planLab(parsed(slow)), refused(/10s at most/));
  for (const disk of ['0B', '1B', '900000GiB'])
    assert.throws(
      () => planLab(parsed(`apiVersion: towline/v1\nsites:\n  a: { devices: 1, disk: ${disk} }\n`)),
      refused(/1MiB to 64GiB/),
    );
});

test('an outage goes over midnight, begins in its first minute and ends before its last', () => {
  const night = [readOutage('22:00-02:00')];
  const at = (time: string) => Date.parse(`2026-01-15T${time}Z`);
  const out = ['22:00:00', '23:59:59', '00:00:00', '01:59:59'];
  const not = ['21:59:59', '02:00:00', '12:00:00'];
  assert.deepEqual(
    [...out, ...not].map(time => isOut(night, at(time))),
    [...out.map(() => true), ...not.map(() => false)],
  );
  assert.equal(isOut([readOutage('06:00-06:00')], at('12:00:00')), true);
  assert.equal(isOut([], at('12:00:00')), false);
});

test('`up` waits for no device whose uplink is down by its file', () => {
  const plan = planLab(
    parsed(
      'apiVersion: towline/v1\nsites: { a: { devices: 1 }, b: { devices: 2, down: ["00:00-06:00"] } }\n',
    ),
  );
  const at = (time: string) => reachableDevices(plan, Date.parse(`2026-01-15T${time}Z`)).map(({ id }) => id);
  assert.deepEqual(at('05:59:59'), ['a-1']);
  assert.deepEqual(at('06:00:00'), ['a-1', 'b-1', 'b-2']);
});

test('behind a proxy nothing leaves a site but by that', () => {
  const { sites } = planLab(
    parsed('apiVersion: towline/v1\nsites:\n  a: { devices: 1, proxy: http }\n  b: { devices: 1 }\n'),
  );
  const [closed, open] = sites.map(routerRules);
  assert.doesNotMatch(closed ?? '', /iifname "lan" oifname "wan" accept/);
  assert.match(open ?? '', /iifname "lan" oifname "wan" accept/);
});
