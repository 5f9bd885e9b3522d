import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadFleet } from '../../../core/fleet/load.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { fleetChanges } from '../../../core/review/fleet-changes.ts';
import { exampleFleet, repositoryOf, type Texts } from '../fleet/example-fleet.ts';

async function fleetOf(changes: Texts) {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  const { fleet } = await loadFleet(reader, commit);
  assert.ok(fleet !== undefined);
  return fleet;
}

async function changed(before: Texts, after: Texts): Promise<string[]> {
  const found = fleetChanges(await fleetOf(before), await fleetOf({ ...before, ...after }));
  return found.map(({ area, what }) => `${area}: ${what}`);
}

const lines = (...text: string[]) => ['apiVersion: towline/v1', ...text, ''].join('\n');
const key = (letter: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;
const policy = (...text: string[]) => ({
  'trust/policy.yaml': lines(
    'fleet: acme',
    'version: 1',
    `principals: { alice: { ssh: ["${key('A')}"] }, bob: { ssh: ["${key('B')}"] } }`,
    ...text,
  ),
});

describe('what a branch changes of who may do what', () => {
  test('is nothing where it changes nothing', async () => {
    assert.deepEqual(await changed({}, {}), []);
    const own = policy('roles: { root: { principals: [alice, bob], threshold: 2 } }');
    assert.deepEqual(await changed(own, { 'devices/new.yaml': lines('groups: [canary]') }), []);
  });

  test('of roles is their quorum and their people', async () => {
    const before = policy(
      'roles: { root: { principals: [alice, bob], threshold: 2 }, apps: { principals: [bob] } }',
    );
    const after = policy('roles: { root: { principals: [alice] }, deploy: { principals: [alice, bob] } }');
    assert.deepEqual(await changed(before, after), [
      'policy: role apps goes',
      'policy: role root: 1 of 1 instead of 2 of 2; bob goes',
      'policy: new role deploy: 1 of 2 (alice, bob)',
    ]);
  });

  test('of rules is each that comes or goes, and their order, for the first that covers a path decides', async () => {
    const roles = 'roles: { root: { principals: [alice, bob] }, apps: { principals: [bob] } }';
    const [one, other] = [
      '{ paths: ["apps/**"], roles: [apps] }',
      '{ roles: [apps], paths: ["devices/**"] }'.replace('}', ', "only": ["/tunnel"] }'),
    ];
    const before = policy(roles, `rules: [${one}, ${other}]`);
    assert.deepEqual(await changed(before, policy(roles, `rules: [${other}, ${one}]`)), [
      'policy: the rules stand in another order',
    ]);
    assert.deepEqual(
      await changed(before, policy(roles, `rules: [{ paths: ["**"], roles: [apps] }, ${one}]`)),
      ['policy: new rule 1: **: apps', 'policy: rule 2 goes: devices/** at /tunnel: apps'],
    );
  });

  test('of passkeys is on which pages they sign, who has one, and by which rule they count', async () => {
    const roles = 'roles: { root: { principals: [alice] } }';
    const rule = '{ paths: ["devices/**"], "only": ["/paused"], roles: [root], passkeys: true }';
    const pages = 'webauthn: { origins: ["https://portal.acme.example"] }';
    assert.deepEqual(await changed(policy(roles), policy(roles, pages, `rules: [${rule}]`)), [
      'policy: passkeys sign on https://portal.acme.example (verification required) instead of no page',
      'policy: new rule 1: devices/** at /paused: root, by passkey too',
    ]);
  });

  test('of principals is how many keys come and go, of the policy what weakens it', async () => {
    const roles = 'roles: { root: { principals: [alice, bob] } }';
    const after = policy(roles, 'intent: any')['trust/policy.yaml'].replace(key('A'), key('C'));
    assert.deepEqual(await changed(policy(roles), { 'trust/policy.yaml': after }), [
      'policy: intent: any instead of the default',
      'policy: principal alice: 1 key new, 1 key gone',
    ]);
  });

  test('of many things of one kind is some, so that what is of another is seen', async () => {
    const before = policy('roles: { root: { principals: [alice, bob], threshold: 2 } }');
    const many = Array.from({ length: 40 }, (_, at) => `p${at}: { ssh: ["${key('A')}"] }`).join(', ');
    const after = policy('roles: { root: { principals: [alice, bob] } }')['trust/policy.yaml'];
    const found = await changed(before, {
      'trust/policy.yaml': after.replace('principals: { ', `principals: { ${many}, `),
    });
    assert.equal(found[0], 'policy: role root: 1 of 2 instead of 2 of 2');
    assert.deepEqual([found.length, found.at(-1)], [9, 'policy: and 33 more of principals']);
  });

  test('of publishers is what is asked for no more', async () => {
    const rule = (name: string) =>
      `{ name: ${name}, repositories: ["example.com/${name}/*"], keys: [trust/keys/a.pem] }`;
    const images = (rules: string, otherwise = 'refuse') => ({
      'trust/images.yaml': lines(`default: ${otherwise}`, `rules: [${rules}]`),
    });
    assert.deepEqual(await changed({}, images(rule('a'))), [
      'publishers: signatures of images are asked for',
    ]);
    assert.deepEqual(await changed(images(rule('a')), images(rule('b'), 'allow')), [
      'publishers: images that no rule names: allow instead of refuse',
      'publishers: publisher a goes',
      'publishers: new publisher b, of example.com/b/*',
    ]);
    assert.deepEqual(await changed(images(rule('a')), { 'trust/images.yaml': undefined }), [
      'publishers: signatures of images are asked for no more',
    ]);
  });

  test('of people, gateways and ways in is what they were not', async () => {
    const operator = (more: string) => ({ 'operators/zoe.yaml': lines(`sshKeys: ["${key('Z')}"]`, more) });
    assert.deepEqual(await changed({}, operator('git: { fleet: read }')), ['people: new operator zoe']);
    assert.deepEqual(await changed(operator('git: { fleet: read }'), operator('git: { fleet: write }')), [
      'people: operator zoe: git changed',
    ]);
    const fleet = String(exampleFleet['fleet.yaml']);
    const [, address = ''] = /address: (\S+)/.exec(fleet) ?? [];
    const moved = { 'fleet.yaml': fleet.replace(address, 'zzz.example.com:8443') };
    assert.deepEqual(await changed({}, moved), [
      `gateways: gateway ${address} goes`,
      'gateways: new gateway zzz.example.com:8443',
    ]);
    const canary = lines('access: { record: required }');
    assert.deepEqual(await changed({ 'groups/canary.yaml': canary }, { 'groups/canary.yaml': lines() }), [
      'ways in: groups/canary.yaml: access, record',
    ]);
  });

  test('of devices is whose keys are others, and who is revoked', async () => {
    const [one, other] = [makeDeviceKeys('one'), makeDeviceKeys('other')].map(made =>
      lines('groups: [canary]', 'keys:', `  tls: ${tlsPublicKey(made)}`, `  ssh: ${sshPublicKey(made)}`),
    );
    const file = 'devices/berlin/pump-9.yaml';
    assert.deepEqual(await changed({ [file]: lines('groups: [canary]') }, { [file]: one }), [
      'devices: has its first keys: pump-9',
    ]);
    assert.deepEqual(await changed({ [file]: one }, { [file]: other }), ['devices: has other keys: pump-9']);
    assert.deepEqual(await changed({ [file]: lines() }, { [file]: lines('revoked: true') }), [
      'devices: is revoked, for ever: pump-9',
    ]);
  });

  test('of rules is their order also where others come beside those that move, and what kind of change they let through', async () => {
    const roles = 'roles: { root: { principals: [alice, bob] }, apps: { principals: [bob] } }';
    const [one, other, third] = ['apps/**', 'apps/pay/**', 'docs/**'].map(
      path => `{ paths: ["${path}"], roles: [${path === 'apps/**' ? 'apps' : 'root'}] }`,
    );
    const before = policy(roles, `rules: [${other}, ${one}]`);
    assert.deepEqual(await changed(before, policy(roles, `rules: [${third}, ${one}, ${other}]`)), [
      'policy: the rules stand in another order',
      'policy: new rule 1: docs/**: root',
    ]);
    const step = (change: string) => `{ paths: ["rollouts/**"], change: ${change}, roles: [apps] }`;
    assert.deepEqual(
      await changed(
        policy(roles, 'walk: 2', `rules: [${step('pause')}]`),
        policy(roles, 'walk: 2', `rules: [${step('advance')}]`),
      ),
      [
        'policy: new rule 1: rollouts/**, to advance: apps',
        'policy: rule 1 goes: rollouts/**, to pause: apps',
      ],
    );
  });

  test('of what is there already comes before what is new, which a branch can have as much of as it likes', async () => {
    const many = Array.from({ length: 20 }, (_, at) => `a${at}`);
    const before = policy('roles: { root: { principals: [alice, bob], threshold: 2 } }');
    const principals = many.map(name => `${name}: { ssh: ["${key('Q')}"] }`).join(', ');
    const roles = many.map(name => `${name}: { principals: [bob] }`).join(', ');
    const text = policy(`roles: { ${roles}, root: { principals: [alice, bob] } }`)['trust/policy.yaml'];
    const found = await changed(before, {
      'trust/policy.yaml': text
        .replace('principals: {', `principals: { ${principals},`)
        .replace(key('A'), key('E')),
    });
    assert.equal(found[0], 'policy: role root: 1 of 2 instead of 2 of 2');
    assert.ok(found.includes('policy: principal alice: 1 key new, 1 key gone'), found.join('\n'));
    const people = (zoe: string, names: readonly string[]) =>
      Object.fromEntries(
        [...names, 'zoe'].map(name => [
          `operators/${name}.yaml`,
          lines(`sshKeys: ["${key(name === 'zoe' ? zoe : 'A')}"]`),
        ]),
      );
    assert.equal(
      (await changed(people('Z', []), people('Y', many)))[0],
      'people: operator zoe: sshKeys changed',
    );
  });

  test('of allowances is the widest first, and of each list how many', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`devices/d-${at}.yaml`, lines('engine: { runtimes: [crun] }')]),
    );
    const roots = Array.from({ length: 30 }, (_, at) => `/srv/a-rather-long-name-${at}`);
    const found = await changed(
      {},
      {
        ...files,
        'groups/canary.yaml': lines(`engine: { privileged: true, bindRoots: [${roots.join(', ')}, /] }`),
      },
    );
    const [first, second] = found.filter(each => each.startsWith('engine'));
    assert.equal(first, 'engine: groups/canary.yaml allows engine.privileged');
    assert.match(
      String(second),
      /^engine: groups\/canary\.yaml allows engine\.bindRoots: \/, .* and 26 more$/,
    );
  });

  test('of what a device’s running projects are taken over by is which', async () => {
    const own = (engine: string) => ({ 'devices/new.yaml': lines(`engine: { ${engine} }`) });
    assert.deepEqual(await changed(own('adopt: [till]'), own('adopt: [till, shop]')), [
      'engine: devices/new.yaml allows engine.adopt: shop',
    ]);
  });

  test('of ways in is the fleet’s first', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`devices/d-${at}.yaml`, lines('access: { record: required }')]),
    );
    const before = { 'fleet.yaml': `${exampleFleet['fleet.yaml']}access: { record: required }\n` };
    const found = await changed(
      { ...before, ...Object.fromEntries(Object.keys(files).map(path => [path, lines()])) },
      { ...files, 'fleet.yaml': exampleFleet['fleet.yaml'] },
    );
    assert.deepEqual([found[0], found.length], ['ways in: fleet.yaml: access, record', 8]);
  });

  test('of publishers is their order beside a change of one', async () => {
    const rule = (name: string, file: string) =>
      `{ name: ${name}, repositories: ["example.com/${name}/*"], keys: [trust/keys/${file}.pem] }`;
    const images = (...rules: string[]) => ({
      'trust/images.yaml': lines('default: refuse', `rules: [${rules.join(', ')}]`),
    });
    assert.deepEqual(
      await changed(
        images(rule('a', 'k'), rule('b', 'k'), rule('c', 'k')),
        images(rule('b', 'k'), rule('a', 'k'), rule('c', 'other')),
      ),
      ['publishers: the rules stand in another order', 'publishers: publisher c is changed'],
    );
  });

  test('of devices is also whose host keys are others, who is none of the revoked any more, who waits with another token', async () => {
    const file = 'devices/berlin/pump-9.yaml';
    const hostKeys = (letter: string) => lines(`hostKeys: ["${key(letter)}"]`);
    assert.deepEqual(await changed({ [file]: hostKeys('A') }, { [file]: hostKeys('B') }), [
      'devices: has other host keys: pump-9',
    ]);
    assert.deepEqual(await changed({ [file]: lines('revoked: true') }, { [file]: lines() }), [
      'devices: is revoked no more: pump-9',
    ]);
    assert.deepEqual(await changed({ [file]: lines('retired: { apps: stop }') }, { [file]: lines() }), [
      'devices: retires no more: pump-9',
    ]);
    const waiting = (letter: string) =>
      lines(`enrolment: { key: "${key(letter)}", expires: 2026-12-01T00:00:00Z }`);
    assert.deepEqual(await changed({ [file]: waiting('A') }, { [file]: waiting('B') }), [
      'devices: is enrolled by another token: pump-9',
    ]);
  });

  test('of the fleet is whose audit log counts, and when withheld updates are noticed', async () => {
    const more = (...text: string[]) => ({ 'fleet.yaml': [exampleFleet['fleet.yaml'], ...text].join('') });
    const before = more(`audit: { keys: ["${key('A')}"] }\n`, 'freshness: { maxAge: 24h }\n');
    assert.deepEqual(await changed(before, more(`audit: { keys: ["${key('B')}"] }\n`)), [
      'gateways: fleet.yaml: audit, keys',
      'gateways: fleet.yaml: freshness, maxAge',
    ]);
  });

  test('of devices is who is in other groups or bears other labels: ways in and allowances go by them', async () => {
    const file = 'devices/berlin/pump-9.yaml';
    assert.deepEqual(
      await changed({ [file]: lines('groups: [canary]') }, { [file]: lines('groups: [canary, eu]') }),
      ['devices: is in other groups: pump-9'],
    );
    assert.deepEqual(
      await changed({ [file]: lines('groups: [canary, eu]') }, { [file]: lines('groups: [eu, canary]') }),
      [],
    );
    assert.deepEqual(await changed({ [file]: lines() }, { [file]: lines('labels: { site: vault }') }), [
      'devices: has other labels: pump-9',
    ]);
    const group = (...text: string[]) => ({ 'groups/canary.yaml': lines(...text) });
    assert.deepEqual(await changed(group('priority: 20'), group('priority: 5', 'labels: { site: vault }')), [
      'ways in: groups/canary.yaml: labels',
      'ways in: groups/canary.yaml: priority',
    ]);
  });
});
