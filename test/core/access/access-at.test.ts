import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OperatorFiles } from '../../../core/access/operators.ts';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, makePublicKeys, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const file = (...lines: string[]) => ['apiVersion: towline/v1', ...lines, ''].join('\n');
const fleetYaml = (...lines: string[]): Texts => ({
  'fleet.yaml': `${String(exampleFleet['fleet.yaml'])}${lines.join('\n')}\n`,
});
const group = (...lines: string[]): Texts => ({ 'groups/eu.yaml': file('priority: 10', ...lines) });
const device = (...lines: string[]): Texts => ({
  'devices/berlin/pump-1.yaml': file('groups: [eu]', ...lines),
});

const sshKey = () => makePublicKeys().ssh;
const keys = { alice: sshKey(), bob: sshKey(), carol: sshKey(), gateway: sshKey() };
const people: Texts = {
  'operators/alice.yaml': file(`sshKeys: ["${keys.alice}"]`, 'tunnels: [{ groups: [eu] }]'),
  'operators/bob.yaml': file(`sshKeys: ["${keys.bob}"]`, 'tunnels: [{ devices: [pump-1] }]'),
  'operators/carol.yaml': file(`sshKeys: ["${keys.carol}"]`, 'tunnels: [{ devices: [pump-2] }]'),
};

async function at(changes: Texts, operators = new OperatorFiles()) {
  const { reader, commit, read, idOf } = repositoryOf({ ...exampleFleet, ...people, ...changes });
  const { state, problems } = await desiredState({ reader, commit, device: 'pump-1', operators });
  assert.deepEqual(shown(problems), []);
  return { state, access: state?.access, read, idOf };
}

const names = (operators: readonly { readonly name: string }[] = []) => operators.map(({ name }) => name);
const wire = (line: string) => line.split(' ')[1];

describe('access', () => {
  test('of each key, the narrowest file that gives it counts', async () => {
    const { access, state } = await at({
      ...fleetYaml('tunnel: open', 'access:', '  record: required', '  share: true', '  certificates: true'),
      ...group('access:', '  services: [{ app: web, service: web }]', '  record: on'),
      ...device('access: { services: [], port: 20017 }'),
    });
    assert.deepEqual(access?.access, {
      ...{ services: [], logins: [], record: 'on', certificates: true, share: true, auditors: [] },
      port: 20017,
    });
    assert.equal(state?.provenance.get('/access/record'), 'groups/eu.yaml');
    assert.equal(state?.provenance.get('/access/services'), 'devices/berlin/pump-1.yaml');
  });

  test('where recording is required, the tunnel that the agent offers leads to no plain target, not even its own sshd', async () => {
    const places = ({ targets = [] }: { targets?: readonly { readonly name: string }[] } = {}) =>
      names(targets);
    const some = 'targets: [{ name: ssh, port: 22 }, { name: panel, port: 80 }]';
    const { state, access } = await at(device('tunnel: open', `access: { record: required, ${some} }`));
    assert.deepEqual([places(state?.tunnel), places(access?.tunnel)], [[], ['ssh', 'panel']]);
    const free = await at(device('tunnel: open', `access: { record: on, ${some} }`));
    assert.deepEqual(places(free.state?.tunnel), ['ssh', 'panel']);
  });

  test('of a commit whose apps have problems it says who comes in all the same: whoever is shut out there is', async () => {
    const broken = { 'apps/web/releases/1.0.0/compose.yaml': 'services: { web: { image: 7 } }\n' };
    const gone = { 'operators/bob.yaml': file(`sshKeys: ["${keys.bob}"]`) };
    const files = { ...exampleFleet, ...people, ...device('tunnel: open'), ...broken, ...gone };
    const { reader, commit } = repositoryOf(files);
    const operators = new OperatorFiles();
    const found = await desiredState({ reader, commit, device: 'pump-1', operators });
    assert.ok(found.problems.length > 0);
    assert.equal(found.state, undefined);
    assert.equal(found.wayIn?.tunnel.state, 'open');
    assert.deepEqual(names(found.wayIn.access?.operators), ['alice']);
  });

  test('is there where the tunnel is open, with those whose own file reaches the device', async () => {
    const { access } = await at(device('tunnel: open'));
    assert.deepEqual(names(access?.operators), ['alice', 'bob']);
    assert.deepEqual(access?.operators[0]?.keys, [wire(keys.alice)]);
    assert.equal((await at(device('tunnel: closed'))).access, undefined);
    assert.equal((await at({})).access, undefined);
  });

  test('no file of people is read while the tunnel is closed, and none twice while it is open', async () => {
    const operators = new OperatorFiles();
    const closed = await at({}, operators);
    assert.equal(closed.read.has(closed.idOf('operators/alice.yaml')), false);
    const open = await at(device('tunnel: open'), operators);
    assert.equal(open.read.has(open.idOf('operators/alice.yaml')), true);
    const changed = { 'operators/bob.yaml': `${people['operators/bob.yaml']}# more\n` };
    const again = await at({ ...device('tunnel: open'), ...changed }, operators);
    assert.equal(again.read.has(again.idOf('operators/alice.yaml')), false);
    assert.equal(again.read.has(again.idOf('operators/bob.yaml')), true);
  });

  test('a key that two have is nobody’s, and so is one of the gateway or of the device', async () => {
    const own = sshKey();
    const twins = {
      'operators/dave.yaml': file(
        `sshKeys: ["${keys.bob}", "${keys.gateway}", "${own}"]`,
        'tunnels: [{ all: true }]',
      ),
    };
    const { access } = await at({
      ...twins,
      ...gatewayWith(keys.gateway),
      ...device('tunnel: open', `enrolment: { key: "${own}", expires: "2026-01-01T00:00:00Z" }`),
    });
    const found = Object.fromEntries((access?.operators ?? []).map(each => [each.name, each.keys]));
    assert.deepEqual(found, { alice: [wire(keys.alice)], bob: [], dave: [] });
    assert.deepEqual(access?.gatewayKeys, [wire(keys.gateway)]);
  });

  test('who cannot be read is let in nowhere, and locks nobody else out', async () => {
    const { access } = await at({ ...device('tunnel: open'), 'operators/alice.yaml': file('sshKeys: 1') });
    assert.deepEqual(names(access?.operators), ['bob']);
  });
});

function gatewayWith(key: string): Texts {
  const text = String(exampleFleet['fleet.yaml']).replace(
    '    tlsPins',
    `    accessKeys: ["${key}"]\n    tlsPins`,
  );
  return { 'fleet.yaml': text };
}
