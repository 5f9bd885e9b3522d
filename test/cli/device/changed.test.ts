/** Devices changed from a desk: each verb is a signed commit on main of a real remote, and nothing else. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { pushedFleet } from '../change/pushed-fleet.ts';
import { git } from '../towline.ts';

const keys = makeDeviceKeys('till-7');
const till = `# The corner.
apiVersion: towline/v1
# Who looks after it: Ines.
groups: [stable] # mostly
labels:
  site: faro # by the sea
keys: { tls: ${JSON.stringify(tlsPublicKey(keys))}, ssh: ${JSON.stringify(sshPublicKey(keys))} }
tunnel: closed
`;

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

describe('devices changed from a desk', () => {
  const ready = (async () => {
    const desk = await pushedFleet(['--gateway-host-key', hostKey]);
    await desk.commits({ 'devices/till-7.yaml': till });
    return desk;
  })();
  after(async () => (await ready)[Symbol.asyncDispose]());

  test('a label, a group: one signed commit that devices take, comments and order kept, the clone left alone', async () => {
    const desk = await ready;
    const labelled = await desk.says('device', 'label', 'till-7', 'floor=2', 'site-');
    assert.match(labelled, /^pushed [0-9a-f]{12}: till-7: floor=2 site-\n$/);
    const grouped = await desk.says('device', 'group', 'till-7', '+canary', '-stable');
    assert.match(grouped, /^pushed [0-9a-f]{12}: till-7: \+canary -stable\n$/);
    const text = await desk.atMain('devices/till-7.yaml');
    assert.match(
      text,
      /^# The corner\.\napiVersion: towline\/v1\n# Who looks after it: Ines\.\ngroups: \[canary\] # mostly$/m,
    );
    assert.match(text, /^ {2}floor: "2"$/m);
    assert.doesNotMatch(text, /site:/);
    assert.equal(await desk.fleet.git('status', '--porcelain'), '');
    assert.match(
      await git(desk.origin, 'log', '-1', '--format=%B', 'main'),
      /^Groups of till-7: \+canary -stable\n\nTowline-Ref: acme\/main$/m,
    );
    assert.match(
      await desk.says('device', 'label', 'till-7', 'floor=2'),
      /^till-7 has that already: floor=2\n$/,
    );
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('trust', 'check')).code, 0);
  });

  test('--dry-run shows a diff, and neither the remote, the clone nor its objects have anything new', async () => {
    const desk = await ready;
    const objects = () => desk.fleet.git('count-objects', '--verbose');
    await desk.says('device', 'pause', 'till-7', '--dry-run');
    const before = [await desk.head(), await objects(), await desk.fleet.git('status', '--porcelain')];
    const shown = await desk.says('device', 'pause', 'till-7', 'pump-1', '--dry-run');
    assert.match(shown, /^diff --git a\/devices\/berlin\/pump-1\.yaml b\/devices\/berlin\/pump-1\.yaml$/m);
    assert.match(
      shown,
      /^--- a\/devices\/till-7\.yaml\n\+\+\+ b\/devices\/till-7\.yaml\n@@ .*\n(?: .*\n)+\+paused: true$/m,
    );
    const program = JSON.parse(await desk.says('device', 'pause', 'till-7', '--dry-run', '--json'));
    assert.deepEqual(
      [program.how, program.files, program.devices],
      ['shown', ['devices/till-7.yaml'], ['till-7']],
    );
    assert.deepEqual(
      [await desk.head(), await objects(), await desk.fleet.git('status', '--porcelain')],
      before,
    );
  });

  test('many by -l: without a terminal it needs --yes and says how many; then it is one commit', async () => {
    const desk = await ready;
    const before = await desk.head();
    const asked = await desk.does('device', 'pause', '-l', 'site=berlin');
    assert.equal(asked.code, 2);
    assert.match(
      asked.errors,
      /^CLI_USAGE This changes 2 devices: pump-1, pump-2\. Without a terminal that needs --yes$/m,
    );
    assert.equal(await desk.head(), before);
    const paused = JSON.parse(await desk.says('device', 'pause', '-l', 'site=berlin', '--yes', '--json'));
    assert.deepEqual([paused.how, paused.devices], ['pushed', ['pump-1', 'pump-2']]);
    assert.equal(await git(desk.origin, 'rev-list', '--count', `${before}..main`), '1');
    assert.match(
      await desk.says('device', 'resume', '-l', 'site=berlin', '--yes'),
      /: pump-1, pump-2 go on\n$/,
    );
    assert.doesNotMatch(await desk.atMain('devices/berlin/pump-1.yaml'), /paused/);
  });

  test('-l with --app is for those that have it; where none has, that is said', async () => {
    const desk = await ready;
    await desk.commits({ 'devices/bare.yaml': 'apiVersion: towline/v1\nlabels: { site: berlin }\n' });
    const paused = await desk.says(
      ...['device', 'pause', '-l', 'site=berlin', '--app', 'hello', '--yes', '--dry-run', '--json'],
    );
    assert.deepEqual(JSON.parse(paused).devices, ['pump-1', 'pump-2']);
    const none = await desk.does('device', 'pause', '-l', 'site=berlin', '--app', 'helo');
    assert.equal(none.code, 2);
    assert.match(none.errors, /^CLI_NO_SUCH_DEVICE of the devices of -l site=berlin it is for none/m);
    await desk.fleet.git('rm', '-q', 'devices/bare.yaml');
    await desk.commits({});
  });

  test('resume says which wider file still pauses it; --app is for one app, and unknown names are suggested', async () => {
    const desk = await ready;
    await desk.says('device', 'pause', 'pump-3', '--app', 'hello');
    assert.match(await desk.atMain('devices/lisbon/pump-3.yaml'), /^apps:\n {2}hello:\n {4}paused: true$/m);
    const group = await desk.atMain('groups/canary.yaml');
    await desk.commits({ 'groups/canary.yaml': `${group}\npaused: true\n` });
    const resumed = await desk.says('device', 'resume', 'pump-3', '--app', 'hello');
    assert.match(resumed, /hello on pump-3 goes on\npump-3 stays paused by groups\/canary\.yaml\n$/);
    assert.doesNotMatch(await desk.atMain('devices/lisbon/pump-3.yaml'), /apps/);
    await desk.commits({ 'groups/canary.yaml': group });
    const wrong = [
      [
        ['pause', 'pump-33'],
        2,
        /CLI_NO_SUCH_DEVICE there is no device "pump-33" at main: did you mean pump-3/,
      ],
      [
        ['pause', 'pump-3', '--app', 'helo'],
        2,
        /CLI_USAGE there is no app "helo" on pump-3: did you mean hello\?/,
      ],
      [['group', 'pump-3', '+canari'], 2, /CLI_USAGE there is no group "canari": did you mean canary\?/],
      [['label', 'pump-3', 'A B=1'], 1, /FLEET_SCHEMA[\s\S]*CLI_INVALID_FLEET/],
      [['pause'], 2, /CLI_USAGE for which devices\?/],
      [['move', 'pump-3', '../groups'], 2, /CLI_USAGE the folder \.\.\/groups leaves devices\//],
      [['retire', 'pump-3', '--worktree', '--pr'], 2, /CLI_USAGE --pr and --worktree exclude each other/],
    ] as const;
    const before = await desk.head();
    for (const [args, code, said] of wrong) {
      const ran = await desk.does('device', ...args);
      assert.equal(ran.code, code, args.join(' '));
      assert.match(ran.errors, said);
    }
    assert.equal(await desk.head(), before);
  });

  test('move: the same bytes elsewhere; what a change of others breaks is not held against it', async () => {
    const desk = await ready;
    const text = await desk.atMain('devices/till-7.yaml');
    await desk.commits({ 'devices/odd.yaml': 'apiVersion: towline/v1\ngroups: [nobody]\n' });
    assert.match(
      await desk.says('device', 'move', 'till-7', 'faro/airport', '--dry-run'),
      /^rename from devices\/till-7\.yaml\nrename to devices\/faro\/airport\/till-7\.yaml$/m,
    );
    await desk.says('device', 'move', 'till-7', 'faro/airport');
    assert.equal(await desk.atMain('devices/faro/airport/till-7.yaml'), text);
    await assert.rejects(desk.atMain('devices/till-7.yaml'));
    await desk.fleet.git('pull', '-q', '--ff-only');
    await desk.says('device', 'move', 'till-7', '.', '--worktree');
    assert.equal(
      await desk.fleet.git('status', '--porcelain', '--untracked-files=all'),
      ' D devices/faro/airport/till-7.yaml\n?? devices/till-7.yaml',
    );
    await desk.fleet.git('checkout', '-q', '.');
    await desk.fleet.git('clean', '-fdq');
    await desk.fleet.git('rm', '-q', 'devices/odd.yaml');
    await desk.commits({});
  });

  test('move and add take no folder that a file would make way for, or that git or devices do not have', async () => {
    const desk = await ready;
    const before = await desk.head();
    for (const folder of ['berlin/pump-2.yaml', '.git', 'a/.GIT', 'a\nb', 'a\u202eb', 'hall\\3']) {
      const moved = await desk.does('device', 'move', 'pump-1', folder);
      assert.equal(moved.code, 2, folder);
      assert.match(moved.errors, /^CLI_USAGE ".*" cannot be a folder of devices$/m);
      const added = await desk.does('device', 'add', 'new-1', '--folder', folder, '--commit');
      assert.equal(added.code, 2, folder);
    }
    assert.equal(await desk.head(), before);
    await desk.says('device', 'move', 'pump-1', 'Köln Süd', '--dry-run');
  });

  test('revoke asks for the id, is for ever, and names nobody who has no keys', async () => {
    const desk = await ready;
    const asked = await desk.does('device', 'revoke', 'till-7');
    assert.equal(asked.code, 2);
    assert.match(asked.errors, /The keys of till-7 are refused for ever: .*needs --yes/);
    assert.match(
      (await desk.does('device', 'revoke', 'pump-1', '--yes')).errors,
      /CLI_USAGE .*pump-1 has no keys/,
    );
    await desk.says('device', 'revoke', 'till-7', '--yes', '--message', 'till-7 was stolen');
    assert.match(await git(desk.origin, 'log', '-1', '--format=%s', 'main'), /^till-7 was stolen$/);
    assert.match(await desk.atMain('devices/faro/airport/till-7.yaml'), /^revoked: true$/m);
    const retired = await desk.does('device', 'retire', 'till-7');
    assert.match(retired.errors, /CLI_USAGE .*till-7 is revoked/);
    const many = JSON.parse(
      await desk.says('device', 'retire', '-l', 'group=canary', '--yes', '--dry-run', '--json'),
    );
    assert.deepEqual(many.devices, ['pump-3'], 'it keeps no other from leaving');
  });

  test('list and show: groups, labels, apps with the file that gives each, who waits, is paused or gone', async () => {
    const desk = await ready;
    await desk.fleet.git('pull', '-q', '--ff-only');
    await desk.says('device', 'pause', 'pump-2');
    const before = await desk.does('device', 'list', 'pump-2');
    assert.doesNotMatch(before.output, /paused/);
    assert.equal(before.errors, 'main is one commit further than this clone: git pull\n');
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('device', 'list')).errors, '');
    const listed = await desk.says('device', 'list');
    assert.match(
      listed,
      /^pump-2 +devices\/berlin\/pump-2\.yaml +stable +site=berlin +hello 1\.0\.0 +paused, no keys$/m,
    );
    assert.match(listed, /^till-7 .* revoked$/m);
    const { devices } = JSON.parse(await desk.says('device', 'list', '-l', 'group=canary', '--json'));
    assert.deepEqual(
      devices.map(({ device }: { device: string }) => device),
      ['pump-3', 'till-7'],
    );
    const [{ apps }] = devices;
    assert.deepEqual(apps, [{ app: 'hello', release: '1.0.0', from: 'groups/canary.yaml', paused: false }]);
    const shown = await desk.says('device', 'show', 'pump-1');
    assert.match(
      shown,
      /^files, the narrower one wins: fleet\.yaml < groups\/stable\.yaml < devices\/berlin\/pump-1\.yaml$/m,
    );
    assert.match(shown, /^\/apps\/hello\/release +1\.0\.0 +groups\/stable\.yaml$/m);
    assert.match(shown, /^\/windows +\{"start":"0 3 \* \* \*".* +groups\/stable\.yaml$/m);
    const program = JSON.parse(await desk.says('device', 'show', 'pump-1', '--json'));
    assert.equal(program.provenance['/labels/site'], 'devices/berlin/pump-1.yaml');
    assert.equal((await desk.does('device', 'show', 'pump-9')).code, 2);
  });

  test('main that moves meanwhile: the change is made anew on top of it', async () => {
    const desk = await ready;
    const ours = await desk.head();
    await desk.commits({ 'devices/pump-7.yaml': 'apiVersion: towline/v1\n' });
    const theirs = await desk.head();
    await git(desk.origin, 'update-ref', 'refs/heads/main', ours);
    // Between our look and our push somebody else is there first, once.
    const hook = path.join(desk.origin, 'hooks/pre-receive');
    const move = `env -u GIT_QUARANTINE_PATH git update-ref refs/heads/main ${theirs}`;
    await writeFile(hook, `#!/bin/sh\n[ -f done ] || { touch done; ${move}; }\n`, { mode: 0o755 });
    await desk.says('device', 'label', 'pump-1', 'a=1');
    assert.match(await desk.atMain('devices/berlin/pump-1.yaml'), /a: "1"/);
    assert.equal(await git(desk.origin, 'rev-parse', 'main~1'), theirs);
    await rm(hook);
  });

  test('add --count: so many files in one commit, none of an id that is there, and tokens for their owner alone', async () => {
    const desk = await ready;
    const out = path.join(desk.fleet.folder, 'tokens');
    await desk.commits({ 'devices/p-002.yaml': 'apiVersion: towline/v1\n' });
    const many = [
      'device',
      'add',
      '--count',
      '120',
      '--prefix',
      'p-',
      '--group',
      'stable',
      '--folder',
      'hall',
      '--out',
      out,
    ];
    const before = await desk.head();
    const added = JSON.parse(await desk.says(...many, '--commit', '--json'));
    assert.deepEqual(
      [added.devices.length, added.devices[0], added.devices[1], added.devices.at(-1)],
      [120, 'p-001', 'p-003', 'p-121'],
    );
    assert.equal(await git(desk.origin, 'rev-list', '--count', `${before}..main`), '1');
    assert.equal((await readdir(out)).length, 121);
    assert.equal((await stat(path.join(out, 'p-003.token'))).mode & 0o777, 0o600);
    const table = await readFile(path.join(out, 'tokens.csv'), 'utf8');
    assert.match(table, /^id,token,expires\np-001,\S+,\d{4}-\S+Z\n/);
    const token = (await readFile(path.join(out, 'p-003.token'), 'utf8')).trim();
    assert.ok(table.includes(`p-003,${token},`));
    const text = await desk.atMain('devices/hall/p-003.yaml');
    assert.match(text, /^enrolment:\n {2}key: ssh-ed25519 /m);
    assert.ok(!text.includes(token));
    assert.equal(await desk.fleet.git('status', '--porcelain'), '');
    const again = await desk.does(...many);
    assert.match(again.errors, /^CLI_FILE_EXISTS .*tokens is not empty/m);
    // A token that two devices share: whoever comes first would take the other's place.
    const key = /key: (ssh-ed25519 \S+)/.exec(text)?.[1];
    await desk.fleet.git('pull', '-q', '--ff-only');
    await desk.fleet.write(
      'devices/p-002.yaml',
      `apiVersion: towline/v1\nenrolment: { key: ${key}, expires: 2099-01-01T00:00:00Z }\n`,
    );
    const shared = await desk.does('device', 'label', 'p-002', 'a=1', '--worktree');
    assert.equal(shared.code, 0, 'what stood there before is not held against it');
    assert.match(
      (await desk.does('validate', '--worktree')).output,
      /FLEET_KEY_DUPLICATE this key stands for device "p-00[23]" too/,
    );
    await desk.fleet.git('checkout', '-q', '.');
  });

  test('a second token for a device says that the first one works no more: two people may have made one each', async () => {
    const desk = await ready;
    const said = /The token that was made for twice before works no more/;
    assert.doesNotMatch(await desk.says('device', 'add', 'twice', '--commit'), said);
    assert.match(await desk.says('device', 'add', 'twice', '--commit'), said);
  });

  test('add --dry-run shows the files, and makes neither token nor key', async () => {
    const desk = await ready;
    const before = await desk.head();
    const out = path.join(desk.fleet.folder, 'dry');
    const one = await desk.says('device', 'add', 'dry-1', '--commit', '--dry-run');
    assert.match(one, /^\+\+\+ b\/devices\/dry-1\.yaml$/m);
    assert.doesNotMatch(one, /enroll/);
    const many = ['--count', '3', '--prefix', 'dry-', '--out', out, '--dry-run', '--json'];
    assert.equal(JSON.parse(await desk.says('device', 'add', ...many)).files.length, 3);
    const keys = await desk.does('device', 'add', 'dry-1', '--out', out, '--dry-run');
    assert.equal(keys.code, 2);
    await assert.rejects(readdir(out));
    assert.equal(await desk.head(), before);
    assert.equal(await desk.fleet.git('status', '--porcelain'), '');
  });

  test('an answer that is lost: what was taken is not made twice, and no token of it goes; where nobody can say, it says so', async () => {
    const desk = await ready;
    const out = path.join(desk.fleet.folder, 'cut');
    const hook = path.join(desk.origin, 'hooks/reference-transaction');
    const many = ['device', 'add', '--count', '3', '--prefix', 'cut-', '--out', out, '--commit'];
    const ids = async () => {
      const listed = await git(desk.origin, 'ls-tree', '-r', '--name-only', 'main', 'devices/');
      return listed.split('\n').filter(file => file.startsWith('devices/cut-'));
    };
    const dies = (more: string) =>
      writeFile(hook, `#!/bin/sh\n[ "$1" = committed ] || exit 0\n${more}\nkill -9 $PPID\n`, { mode: 0o755 });
    await dies(`rm ${hook}`);
    await desk.says(...many);
    assert.deepEqual(await ids(), ['devices/cut-001.yaml', 'devices/cut-002.yaml', 'devices/cut-003.yaml']);
    assert.equal((await readdir(out)).length, 4);
    await rm(out, { recursive: true });
    await dies(`rm ${hook}; mv ${desk.origin} ${desk.origin}.away`);
    const unknown = await desk.does(...many);
    await rename(`${desk.origin}.away`, desk.origin);
    assert.match(unknown.errors, /^CLI_PUSH_UNKNOWN [0-9a-f]{40} was being pushed to main/m);
    assert.equal((await ids()).length, 6);
    assert.equal((await readdir(out)).length, 4);
  });

  test('add refuses what contradicts itself, and leaves no token behind where the fleet is refused', async () => {
    const desk = await ready;
    const out = path.join(desk.fleet.folder, 'none');
    await mkdir(path.join(desk.fleet.folder, 'full'));
    for (const args of [
      ['add'],
      ['add', 'p', '--count', '3'],
      ['add', '--count', '0', '--prefix', 'p-', '--out', out],
      ['add', '--count', '20000', '--prefix', 'p-', '--out', out],
      ['add', '--count', '3', '--out', out],
      ['add', '--count', '3', '--prefix', 'P_', '--out', out],
      ['add', '--count', '3', '--prefix', 'q-', '--group', 'nobody', '--out', out],
    ]) {
      const ran = await desk.does('device', ...args);
      assert.equal(ran.code, 2, args.join(' '));
      assert.match(ran.errors, /^CLI_USAGE /);
    }
    const refused = await desk.does(
      'device',
      'add',
      '--count',
      '3',
      '--prefix',
      'q-',
      '--label',
      'A B=1',
      '--out',
      out,
    );
    assert.match(refused.errors, /FLEET_SCHEMA/);
    assert.deepEqual(await readdir(out), []);
    const added = await desk.says(
      'device',
      'add',
      'pump-8',
      '--out',
      path.join(desk.fleet.folder, 'pump-8'),
      '--commit',
    );
    assert.match(added, /^pushed [0-9a-f]{12}: devices\/pump-8\.yaml\nprivate keys in /);
  });

  test('--pr: a branch with the change and the approval of who asks', async () => {
    const desk = await ready;
    const before = await desk.head();
    const said = await desk.says('device', 'retire', 'pump-3', '--pr');
    const branch =
      /^pushed (changes\/retire-pump-3-\d{8}T\d{6}Z): pump-3 leaves the fleet, once it is merged\napproved by alice$/m.exec(
        said,
      )?.[1];
    assert.ok(branch, said);
    assert.match(
      await git(desk.origin, 'show', `${branch}:devices/lisbon/pump-3.yaml`),
      /^retired:\n {2}apps: stop$/m,
    );
    assert.match(await git(desk.origin, 'ls-tree', '-r', '--name-only', branch, 'approvals'), /alice/);
    assert.equal(await desk.head(), before);
  });
});
