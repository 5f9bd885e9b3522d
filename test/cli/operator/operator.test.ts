/** People come and go by commits on main of a real remote. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { pushedFleet } from '../change/pushed-fleet.ts';
import { git } from '../towline.ts';

describe('towline operator', () => {
  const ready = pushedFleet();
  const keys = (async () => ({
    bob: await makeSshKey(),
    carla: await makeSshKey(),
    dora: await makeSshKey(),
  }))();
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
      [
        ['dora', '--ssh-key', carla.file, '--role', 'opperate'],
        2,
        /no role "opperate": did you mean operate\?/,
      ],
      [['alice', '--ssh-key', carla.file, '--role', 'root'], 1, /CLI_FILE_EXISTS/],
    ] as const) {
      const ran = await desk.does('operator', 'add', ...args);
      assert.equal(ran.code, code, `${args.join(' ')}: ${ran.errors}`);
      assert.match(ran.errors, said);
    }
    assert.equal(await desk.head(), before);
  });

  test('add --role: principal, role and version in the same commit; what they sign counts from there on', async () => {
    const desk = await ready;
    const { dora } = await keys;
    const before = await desk.head();
    const added = await desk.says(
      ...['operator', 'add', 'dora', '--ssh-key', dora.file, '--git', 'write', '--role', 'operate'],
    );
    assert.match(added, /: dora comes in at the gateway, and what they sign counts as that of operate\n$/);
    assert.equal(await git(desk.origin, 'rev-list', '--count', `${before}..main`), '1');
    const policy = parse(await desk.atMain('trust/policy.yaml'));
    assert.deepEqual(
      [policy.version, policy.principals.dora, policy.roles.operate.principals, policy.roles.root.principals],
      [2, { ssh: [dora.publicKey] }, ['alice', 'dora'], ['alice']],
    );
    assert.match(await desk.atMain('trust/policy.yaml'), /^# Who may change what\./m);
    // What operate may: tunnels, and nothing else.
    const refused = await desk.does('device', 'label', 'pump-1', 'a=1', '--key', dora.file);
    assert.match(refused.errors, /^CLI_CHANGE_REFUSED /m);
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('trust', 'check')).code, 0);
    assert.match(await desk.says('operator', 'list'), /^dora +1 +write +- +- +operate$/m);
    await desk.says('operator', 'remove', 'dora', '--policy');
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal(parse(await desk.atMain('trust/policy.yaml')).principals.dora, undefined);
  });

  test('add writes over no file that cannot be read; the last who may push goes by --yes alone', async () => {
    const desk = await ready;
    const { dora } = await keys;
    await desk.commits({ 'operators/dora.yaml': 'apiVersion: towline/v1\nsshKey: none\n' });
    const odd = await desk.does('operator', 'add', 'dora', '--ssh-key', dora.file);
    assert.match(odd.errors, /^CLI_FILE_EXISTS .*dora is there already/m);
    await desk.fleet.git('rm', '-q', 'operators/dora.yaml', 'operators/bob.yaml');
    await desk.commits({});
    const before = await desk.head();
    const last = await desk.does('operator', 'remove', 'alice');
    assert.equal(last.code, 2);
    assert.match(last.errors, /^CLI_USAGE Nobody but alice may push to the gateway: .*needs --yes$/m);
    assert.equal(await desk.head(), before);
    await desk.fleet.git('revert', '--no-edit', 'HEAD');
    await desk.fleet.git('rm', '-q', 'operators/dora.yaml');
    await desk.commits({});
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
      [6, undefined, ['alice']],
    );
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('trust', 'check')).code, 0);
    const nobody = await desk.does('operator', 'remove', 'bbo');
    assert.match(nobody.errors, /^CLI_USAGE there is no operator "bbo"/);
  });
});
