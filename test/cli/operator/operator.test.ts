/** People come and go by commits on main of a real remote. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { pushedFleet } from '../change/pushed-fleet.ts';

describe('towline operator', () => {
  const ready = pushedFleet();
  const keys = (async () => ({ bob: await makeSshKey(), carla: await makeSshKey() }))();
  after(async () => {
    await (await ready)[Symbol.asyncDispose]();
    for (const key of Object.values(await keys)) await key.remove();
  });

  test('add: a file with the key, by its file or its line, and what they reach; nobody else’s key, no name twice', async () => {
    const desk = await ready;
    const { bob, carla } = await keys;
    const added = await desk.says(
      'operator',
      'add',
      'bob',
      '--ssh-key',
      bob.file,
      '--git',
      'write',
      '--telemetry',
      '--tunnels',
      'all',
    );
    assert.match(added, /: bob comes in at the gateway\nWhat bob signs counts nowhere yet/);
    assert.deepEqual(parse(await desk.atMain('operators/bob.yaml')), {
      apiVersion: 'towline/v1',
      sshKeys: [bob.publicKey],
      git: { fleet: 'write', telemetry: 'read' },
      tunnels: [{ all: true }],
    });
    await desk.says(
      'operator',
      'add',
      'carla',
      '--ssh-key',
      carla.publicKey,
      '--reads',
      'site=berlin,group=canary',
      '--tunnels',
      'group=canary',
    );
    const file = parse(await desk.atMain('operators/carla.yaml'));
    assert.deepEqual(file.reads, [{ groups: ['canary'], labels: { site: 'berlin' } }]);
    const before = await desk.head();
    for (const [args, code, said] of [
      [['bob', '--ssh-key', bob.file], 1, /CLI_FILE_EXISTS .*bob is there already/],
      [['dora', '--ssh-key', bob.file], 1, /FLEET_KEY_DUPLICATE/],
      [['dora', '--ssh-key', '/nowhere'], 1, /CLI_SIGNING_KEY/],
      [['Dora', '--ssh-key', carla.file], 2, /CLI_USAGE/],
      [['dora', '--ssh-key', carla.file, '--tunnels', 'berlin'], 2, /CLI_USAGE/],
      [['dora'], 2, /CLI_USAGE .*--ssh-key/],
    ] as const) {
      const ran = await desk.does('operator', 'add', ...args);
      assert.equal(ran.code, code, `${args.join(' ')}: ${ran.errors}`);
      assert.match(ran.errors, said);
    }
    assert.equal(await desk.head(), before);
  });

  test('remove: out of the tunnels that name them, and says that the policy still has them; --policy takes them out there', async () => {
    const desk = await ready;
    const { bob } = await keys;
    await desk.fleet.git('pull', '-q', '--ff-only');
    const policy = parse(await desk.atMain('trust/policy.yaml'));
    await desk.commits({
      'devices/open.yaml': 'apiVersion: towline/v1\ntunnel: { state: open, allow: [bob] } # for him\n',
      'trust/policy.yaml': `# Who may.\n${stringify({
        ...policy,
        version: policy.version + 1,
        principals: { ...policy.principals, bob: { ssh: [bob.publicKey] } },
        roles: { ...policy.roles, apps: { principals: ['bob', 'alice'] }, sole: { principals: ['bob'] } },
        rules: [...policy.rules, { paths: ['apps/**'], roles: ['apps', 'sole'] }],
      })}`,
    });
    const listed = await desk.says('operator', 'list');
    assert.match(
      listed,
      /^alice +1 +write +all +all +operate, root|^alice +1 +write +all +all +root, operate/m,
    );
    assert.match(listed, /^bob +1 +write +all +all +apps, sole$/m);
    assert.match(listed, /^carla +1 +none +group=canary,site=berlin +group=canary +-$/m);
    const sole = await desk.does('operator', 'remove', 'bob', '--policy');
    assert.equal(sole.code, 2);
    assert.match(sole.errors, /role sole needs 1 and without bob nobody would be left/);
    const gone = await desk.says('operator', 'remove', 'bob');
    assert.match(
      gone,
      /: bob comes in no more\ndevices\/open\.yaml: the tunnel is not for bob any more\ntrust\/policy\.yaml still has bob, in apps, sole: .*--policy/,
    );
    assert.match(await desk.atMain('devices/open.yaml'), /allow: \[\]/);
    await assert.rejects(desk.atMain('operators/bob.yaml'));
    const { sole: _sole, ...roles } = parse(await desk.atMain('trust/policy.yaml')).roles;
    const rules = [...policy.rules, { paths: ['apps/**'], roles: ['apps'] }];
    const principals = { ...policy.principals, bob: { ssh: [bob.publicKey] } };
    const third = { ...policy, version: policy.version + 2, principals, roles, rules };
    await desk.commits({ 'trust/policy.yaml': `# Who may.\n${stringify(third)}` });
    const out = JSON.parse(await desk.says('operator', 'remove', 'bob', '--policy', '--json'));
    assert.deepEqual([out.how, out.files], ['pushed', ['trust/policy.yaml']]);
    const now = await desk.atMain('trust/policy.yaml');
    assert.match(now, /^# Who may\./);
    const after = parse(now);
    assert.deepEqual(
      [after.version, after.principals.bob, after.roles.apps.principals],
      [4, undefined, ['alice']],
    );
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('trust', 'check')).code, 0);
    const nobody = await desk.does('operator', 'remove', 'bbo');
    assert.match(nobody.errors, /^CLI_USAGE there is no operator "bbo"/);
  });
});
