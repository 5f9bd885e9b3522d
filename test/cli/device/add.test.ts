import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { checkSchema } from '../../../core/fleet/schema-check.ts';
import { readYaml } from '../../../core/fleet/yaml-file.ts';
import { readDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { makeFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

describe('towline device add', () => {
  test('--out makes keys, puts their public halves into the device’s file, and its configuration beside the keys', async () => {
    await using fleet = await makeFleet();
    const out = path.join(fleet.folder, 'pump-9');
    const args = ['device', 'add', 'pump-9', '--repo', fleet.directory, '--out', out];
    const added = await towline([...args, '--folder', 'rome', '--group', 'canary', '--label', 'site=rome']);
    assert.equal(added.code, 0, added.errors);
    const keys = await readDeviceKeys(path.join(out, 'keys'));
    const file = parse(await readFile(path.join(fleet.directory, 'devices/rome/pump-9.yaml'), 'utf8'));
    const openpgp = await ensureOpenpgpKey(path.join(out, 'keys'), 'never-made-twice');
    assert.deepEqual(file.keys, { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys), openpgp });
    assert.deepEqual([file.groups, file.labels, file.tunnel], [['canary'], { site: 'rome' }, 'closed']);
    assert.equal((await stat(path.join(out, 'keys/tls.key'))).mode & 0o777, 0o600);
    const configuration = readYaml('agent.yaml', await readFile(path.join(out, 'agent.yaml'))).file;
    assert.ok(configuration);
    const checked = checkSchema('agent', configuration);
    assert.deepEqual(checked.problems, []);
    assert.equal(checked.file?.value.anchor, await fleet.git('rev-parse', 'HEAD'));
    assert.equal((await towline(['validate', fleet.directory, '--worktree'])).code, 0);
  });

  test('gives keys to a file that has none, its comments kept, and never to one that has some', async () => {
    await using fleet = await makeFleet();
    const add = (out: string) =>
      towline(['device', 'add', 'pump-1', '--repo', fleet.directory, '--out', path.join(fleet.folder, out)]);
    assert.equal((await add('a')).code, 0);
    const text = await readFile(path.join(fleet.directory, 'devices/berlin/pump-1.yaml'), 'utf8');
    assert.match(text, /# The keys come here/);
    assert.match(text, /keys:\n {2}tls: /);
    const again = await add('b');
    assert.equal(again.code, 1);
    assert.match(again.errors, /^CLI_FILE_EXISTS devices\/berlin\/pump-1\.yaml: pump-1 has keys already/m);
  });

  test('without --out prints a token once, and the file holds only the public half', async () => {
    await using fleet = await makeFleet([
      '--gateway-host-key',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]);
    const added = await towline(['device', 'add', 'pump-9', '--repo', fleet.directory, '--json']);
    assert.equal(added.code, 0, added.errors);
    const { token, file, anchor } = JSON.parse(added.output);
    assert.equal(anchor, await fleet.git('rev-parse', 'HEAD'));
    const text = await readFile(path.join(fleet.directory, file), 'utf8');
    assert.match(text, /enrolment:\n {2}key: ssh-ed25519 /);
    assert.ok(!text.includes(token));
    assert.equal((await towline(['validate', fleet.directory, '--worktree'])).code, 0);
  });

  test('refuses an id that is none, a group that is not there, a folder that leaves devices/', async () => {
    await using fleet = await makeFleet();
    const add = (...args: string[]) =>
      towline(['device', 'add', ...args, '--repo', fleet.directory, '--out', path.join(fleet.folder, 'x')]);
    for (const args of [
      ['Pump'],
      ['../x'],
      ['p', '--group', 'none'],
      ['p', '--folder', '../../apps'],
      ['p', '--label', 'x'],
    ]) {
      const { code, errors } = await add(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(errors, /^CLI_USAGE /);
    }
    assert.equal(await fleet.git('status', '--porcelain'), '');
  });
});
