import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeDeviceKeys, makeTlsKey, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { makeFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

test('the key of an engine goes into the file of a device that has keys, and out again; what is none does not', async () => {
  await using fleet = await makeFleet();
  const made = makeDeviceKeys('till-7');
  const [tls, ssh] = [tlsPublicKey(made), sshPublicKey(made)];
  await fleet.write(
    'devices/till-7.yaml',
    `apiVersion: towline/v1\nkeys:\n  tls: ${tls}\n  ssh: ${ssh} # of it\n`,
  );
  await fleet.write('devices/till-8.yaml', 'apiVersion: towline/v1\n');
  const key = tlsPublicKey({ tlsKey: makeTlsKey() });
  const file = () => readFile(path.join(fleet.directory, 'devices/till-7.yaml'), 'utf8');
  const set = (...args: string[]) => towline(['device', 'registry-key', ...args, '--repo', fleet.directory]);
  const written = await set('till-7', key);
  assert.equal(written.code, 0, written.errors);
  assert.match(written.output, /wrote devices\/till-7\.yaml: commit and push it/);
  assert.match(await file(), new RegExp(`# of it\\n {2}registry: ${key.replaceAll('+', '\\+')}$`, 'm'));
  const validate = () => towline(['validate', fleet.directory, '--worktree']);
  assert.equal((await validate()).code, 0);
  assert.equal((await set('till-7', tls)).code, 0);
  assert.match((await validate()).output, /FLEET_KEY_MALFORMED .*the engine has a key of its own/);
  await fleet.write(
    'devices/till-7.yaml',
    (await file()).replace(/^ {2}registry: .*$/m, `  registry: ${key}`),
  );
  for (const [args, expected] of [
    [['till-7', 'MFkwEw'], /^CLI_USAGE this is no key as/],
    [['till-7'], /^CLI_USAGE type the key/],
    [['till-7', key, '--remove'], /^CLI_USAGE type the key/],
    [['till-8', key], /^CLI_USAGE .*till-8 has no keys yet/],
    [['till-9', key], /till-9/],
  ] as const)
    assert.match((await set(...args)).errors, expected);
  const removed = await set('till-7', '--remove', '--json');
  assert.deepEqual(JSON.parse(removed.output), {
    device: 'till-7',
    file: 'devices/till-7.yaml',
    registry: null,
  });
  assert.doesNotMatch(await file(), /registry/);
});
