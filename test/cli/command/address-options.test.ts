import assert from 'node:assert/strict';
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { makeFleet } from '../fleet.ts';
import { temporaryFolder, towline } from '../towline.ts';

describe('an option that names an address', () => {
  test('of `gateway init` is refused before anything is written', async () => {
    await using fleet = await makeFleet();
    const state = path.join(fleet.folder, 'state');
    const config = path.join(fleet.folder, 'gateway.yaml');
    const place = ['--repo', fleet.directory, '--state-directory', state, '--config', config];
    for (const [option, text] of [
      ['--address', '127.0.0.1:70000'],
      ['--address', 'gw:0'],
      ['--listen-devices', 'x:y'],
      ['--listen-people', '0.0.0.0:65536'],
      ['--listen-internal', '8080'],
    ] as const) {
      const given = option === '--address' ? [] : ['--address', 'gw:8443'];
      const { code, errors } = await towline(['gateway', 'init', ...place, ...given, option, text]);
      assert.equal(code, 2, `${option} ${text}`);
      assert.match(errors, new RegExp(`^CLI_USAGE ${option} ${text} must be host:port, with a port from`));
    }
    await assert.rejects(access(state));
    await assert.rejects(access(config));
    const free = ['--address', 'gw:8443', '--listen-devices', '127.0.0.1:0', '--listen-people', '[::1]:0'];
    const made = await towline(['gateway', 'init', ...place, ...free]);
    assert.equal(made.code, 0, made.errors);
  });

  test('of `init`, `release` and `agent enroll` is, too', async () => {
    const key = await makeSshKey();
    const folder = await temporaryFolder();
    try {
      const init = ['init', path.join(folder.path, 'fleet'), '--name', 'acme', '--ssh-key', key.file];
      const state = ['--state-directory', path.join(folder.path, 'state')];
      const enroll = ['agent', 'enroll', 'token', ...state, '--proxy'];
      for (const args of [
        [...init, '--gateway', 'gw:70000'],
        [...init, '--gateway', 'gw:8443', '--registry', 'localhost:70000'],
        ['release', 'hello', '1.1.0', '--insecure', 'registry:0'],
        [...enroll, 'http://proxy:70000'],
        [...enroll, 'http://proxy:0'],
        [...enroll, 'proxy:3128'],
        [...enroll, 'http://user:50%@proxy:3128'],
      ]) {
        const { code, errors } = await towline(args);
        assert.equal(code, 2, args.join(' '));
        assert.match(errors, /^CLI_USAGE --(gateway|registry|insecure|proxy)\b/, args.join(' '));
        assert.doesNotMatch(errors, /50%/);
      }
      assert.deepEqual(await readdir(folder.path), []);
    } finally {
      await folder.remove();
      await key.remove();
    }
  });
});

describe('a folder that cannot be made', () => {
  test('is refused at once, below /proc too, where Node waits for ever', async () => {
    await using fleet = await makeFleet();
    const config = path.join(fleet.folder, 'gateway.yaml');
    const gateway = ['gateway', 'init', '--address', 'gw:1', '--repo', fleet.directory, '--config', config];
    const init = ['--name', 'acme', '--ssh-key', fleet.key.file, '--gateway', 'gw:1'];
    const isFile = path.join(fleet.directory, 'fleet.yaml');
    for (const args of [
      [...gateway, '--state-directory', '/proc/towline/state'],
      [...gateway, '--state-directory', path.join(isFile, 'state')],
      ['init', '/proc/towline/fleet', ...init],
      ['init', path.join(isFile, 'fleet'), ...init],
      ['init', isFile, ...init],
    ]) {
      const { code, errors } = await towline(args);
      assert.equal(code, 1, args.join(' '));
      assert.match(errors, /^CLI_FOLDER /, args.join(' '));
    }
    await assert.rejects(access(config));
  });
});
