/** The key of somebody who may change one field is stolen: every YAML trick against `only`. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import {
  device,
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../rig/policed-fleet.ts';

const pump = 'devices/eu/pump.yaml';

describe('a stolen maintainer key with a rule by field', () => {
  let people: People;
  let fleet: PolicedFleet;
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));
  beforeEach(async () => {
    fleet = await makePolicedFleet(people);
  });
  afterEach(() => fleet.repository.remove());

  const write = (content: string): Promise<string> =>
    fleet.repository.commit({ signer: people.carol, files: { [pump]: content } });

  test('may change the field, in its short and long form', async () => {
    await write(device.replace('closed', 'open'));
    await write(device.replace('closed', '{ state: open, reason: look }'));
    const head = await write(device);
    assert.equal((await fleet.walk.walk()).trusted.commit, head);
  });

  const refused: readonly [name: string, code: string, content: string][] = [
    ['another field', 'TRUST_WRONG_PATH', `${device}paused: true\n`],
    ['the field and another one', 'TRUST_WRONG_PATH', `${device.replace('closed', 'open')}paused: true\n`],
    [
      'data put back, beside the field',
      'TRUST_WRONG_PATH',
      `${device.replace('closed', 'open')}restore: { app: web, backup: 20261130T041500Z-1a2b3c4d }\n`,
    ],
    ['formatting alone', 'TRUST_WRONG_PATH', `# a comment\n${device}`],
    ['an element of a list', 'TRUST_WRONG_PATH', device.replace('[eu]', '[us]')],
    ['a list that grows', 'TRUST_WRONG_PATH', device.replace('[eu]', '[eu, us]')],
    ['a key that only begins like the field', 'TRUST_FIELD_FILE', `${device}tunnels: open\n`],
    ['an anchor and alias', 'TRUST_FIELD_FILE', device.replace('closed', '&a open').replace('[eu]', '[*a]')],
    ['an anchor alone', 'TRUST_FIELD_FILE', device.replace('closed', '&a open')],
    ['a merge key', 'TRUST_FIELD_FILE', `${device}<<: { paused: true }\n`],
    ['a tag', 'TRUST_FIELD_FILE', device.replace('closed', '!!str open')],
    ['a directive', 'TRUST_FIELD_FILE', `%YAML 1.1\n---\n${device}`],
    ['a second document', 'TRUST_FIELD_FILE', `${device}---\npaused: true\n`],
    ['a duplicate key', 'TRUST_FIELD_FILE', `${device}tunnel: open\n`],
    ['a key that is no string', 'TRUST_FIELD_FILE', `${device}1: open\n`],
    ['a key that is a list', 'TRUST_FIELD_FILE', `${device}? [a]\n: open\n`],
    ['a value of another type', 'TRUST_FIELD_FILE', device.replace('closed', 'true')],
    ['an unknown field below it', 'TRUST_FIELD_FILE', device.replace('closed', '{ state: open, evil: 1 }')],
    ['no YAML', 'TRUST_FIELD_FILE', '{{{'],
    ['bytes that are not UTF-8', 'TRUST_FIELD_FILE', ''],
    ['deep nesting', 'TRUST_FIELD_FILE', `tunnel: ${'['.repeat(20_000)}`],
  ];
  for (const [name, code, content] of refused) {
    test(`is refused: ${name}`, async () => {
      const bytes = name.includes('UTF-8') ? Buffer.from([0xff, 0xfe, 0x00]) : content;
      const head = await fleet.repository.commit({ signer: people.carol, files: { [pump]: bytes } });
      const { stopped, trusted } = await fleet.walk.walk();
      assert.equal(stopped?.code, code, stopped?.message);
      assert.equal(trusted.commit, fleet.anchor);
      assert.deepEqual([stopped?.commit, stopped?.path, stopped?.vouched], [head, pump, ['carol']]);
    });
  }

  test('may not create, remove or make a file executable', async () => {
    const cases = [
      { 'devices/eu/new.yaml': device },
      { [pump]: null },
      { [pump]: { mode: '100755', content: device.replace('closed', 'open') } as const },
    ];
    for (const files of cases) {
      await fleet.repository.setBranch(fleet.anchor);
      await fleet.repository.commit({ signer: people.carol, files });
      assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_FIELD_FILE');
    }
  });

  test('a type that reads the same is another value', async () => {
    const labelled = `${device}labels: { n: "1" }\n`;
    const base = await fleet.repository.commit({ signer: people.alice, files: { [pump]: labelled } });
    await write(labelled.replace('"1"', '"2"'));
    const { stopped, trusted } = await fleet.walk.walk();
    assert.equal(stopped?.code, 'TRUST_WRONG_PATH');
    assert.equal(trusted.commit, base);
  });

  test('a narrow /tunnel person cannot widen: each key of access is refused, alone and beside the tunnel, at every level', async () => {
    const group = 'apiVersion: towline/v1\ntunnel: closed\n';
    const gateways =
      'gateways: [{ address: "gw:8443", tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }]';
    const levels = {
      [pump]: device,
      'groups/eu.yaml': group,
      'fleet.yaml': `apiVersion: towline/v1\nname: acme\n${gateways}\ntunnel: closed\n`,
    };
    const rule = '  - paths: ["groups/**", fleet.yaml]\n    only: [/tunnel]\n    roles: [tunnels]\n';
    const policy = policyText(people) + rule;
    const { repository, anchor, walk } = await makePolicedFleet(people, {
      ...levels,
      'trust/policy.yaml': policy,
    });
    const said = async (path: string, content: string) => {
      const head = await repository.commit({
        ...{ parents: [anchor], branch: null, signer: people.carol },
        files: { [path]: content },
      });
      return (await walk.walk(head)).stopped?.code ?? 'taken';
    };
    const wider = [
      'targets: [{ name: db, port: 5432 }]',
      'services: [{ app: web, service: web }]',
      'logins: [{ user: root }]',
      'record: off',
      'certificates: true',
      'viaGateway: { operators: [carol], services: [web.web] }',
      'port: 20017',
      'share: true',
      'auditors: [x]',
    ];
    for (const [path, text] of Object.entries(levels)) {
      const opened = text.replace('closed', 'open');
      assert.equal(await said(path, opened), 'taken', path);
      for (const key of path === pump ? wider : wider.slice(0, 2))
        assert.equal(await said(path, `${opened}access: { ${key} }\n`), 'TRUST_WRONG_PATH', `${path} ${key}`);
      assert.equal(await said(path, `${text}access: { share: true }\n`), 'TRUST_WRONG_PATH', path);
    }
    await repository.remove();
  });

  test('whoever may change what a device runs, and what else its engine allows, cannot let apps take over what runs there', async () => {
    const held = `${device}engine: { bindRoots: [/srv] }\n`;
    const only = '[/tunnel, /apps, /engine/bindRoots]';
    const rule = `paths: ["devices/**"]\n    only: ${only}\n    roles: [tunnels]`;
    const { repository, anchor, walk } = await makePolicedFleet(people, {
      [pump]: held,
      'trust/policy.yaml': policyText(people, { rules: [rule] }),
    });
    const said = async (content: string) => {
      const files = { [pump]: content };
      const head = await repository.commit({ parents: [anchor], branch: null, signer: people.carol, files });
      return (await walk.walk(head)).stopped?.code ?? 'taken';
    };
    assert.equal(await said(held.replace('/srv', '/data')), 'taken');
    for (const allowed of [
      'adopt: [shop], bindRoots: [/srv]',
      'adopt: [shop]',
      'bindRoots: [/data], adopt: []',
    ])
      assert.equal(await said(held.replace('bindRoots: [/srv]', allowed)), 'TRUST_WRONG_PATH', allowed);
    await repository.remove();
  });

  test('who switches releases puts no data back, and who may put data back does nothing else', async () => {
    const { alice, bob, carol, bot } = people;
    const narrow = (paths: string, field: string, role: string) =>
      `{ paths: ["${paths}"], only: [${field}], roles: [${role}] }`;
    const rules = [
      narrow('devices/**', '/apps/web/release', 'tunnels'),
      narrow('devices/eu/**', '/restore', 'oncall'),
    ];
    const roles = [
      'root: { principals: [alice, bob], threshold: 2 }',
      'deploy: { principals: [alice, bob] }',
      'tunnels: { principals: [carol] }',
      'oncall: { principals: [bot] }',
    ];
    const web = `${device}apps: { web: { release: 1.0.0 } }\n`;
    const { repository, anchor, walk } = await makePolicedFleet(people, {
      ...{ [pump]: web, 'devices/us/pump.yaml': web },
      'trust/policy.yaml': policyText({ alice, bob, carol, bot }, { roles, rules }),
    });
    const said = async (signer: typeof carol, path: string, content: string) => {
      const head = await repository.commit({
        ...{ parents: [anchor], branch: null, signer },
        files: { [path]: content },
      });
      return (await walk.walk(head)).stopped?.code ?? 'taken';
    };
    const asked = 'restore: { app: web, backup: 20261130T041500Z-1a2b3c4d }\n';
    const newer = web.replace('1.0.0', '1.1.0');
    assert.equal(await said(carol, pump, newer), 'taken');
    assert.equal(await said(carol, pump, `${web}${asked}`), 'TRUST_WRONG_PATH');
    assert.equal(await said(carol, pump, `${newer}${asked}`), 'TRUST_WRONG_PATH');
    assert.equal(await said(bot, pump, `${web}${asked}`), 'taken');
    assert.equal(await said(bot, pump, `${newer}${asked}`), 'TRUST_WRONG_PATH');
    assert.equal(await said(bot, 'devices/us/pump.yaml', `${web}${asked}`), 'TRUST_WRONG_PATH');
    await repository.remove();
  });

  test('may not touch trust or any other path', async () => {
    for (const [path, code] of [
      ['trust/policy.yaml', 'TRUST_POLICY_INVALID'],
      ['trust/x', 'TRUST_WRONG_PATH'],
      ['apps/web/compose.yaml', 'TRUST_WRONG_PATH'],
    ]) {
      await fleet.repository.setBranch(fleet.anchor);
      await fleet.repository.commit({ signer: people.carol, files: { [String(path)]: 'x: 1\n' } });
      assert.equal((await fleet.walk.walk()).stopped?.code, code);
    }
  });

  test('an old date under the key does not go back behind line time', async () => {
    const timeSec = Math.floor(Date.now() / 1000) - 3600;
    await fleet.repository.commit({
      signer: people.carol,
      timeSec,
      files: { [pump]: device.replace('closed', 'open') },
    });
    assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_TIME_BACKWARDS');
  });
});
