/** Recordings as an auditor has them: over stock ssh from a gateway, opened by a real gpg, checked against a fleet and statuses. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { deviceKeys } from '../../../cli/desk/device-keys.ts';
import { exportToFile, writeLines } from '../../../cli/session/export-lines.ts';
import { Player } from '../../../cli/session/player.ts';
import { type DeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { comes, RecordedDevice, storing } from '../../rig/recorded-device.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { report, statusOf, type Telemetry } from '../status/reports.ts';
import { towline } from '../towline.ts';

const over = { exitCode: 3 };

describe('towline session', () => {
  let rig: Rig;
  let fleet: TestFleet;
  let telemetry: Telemetry;
  let device: RecordedDevice;
  let auditor: GpgKey;
  let ssh: string;
  let recorded: string;
  const asks = (words: readonly string[], home = auditor.home) =>
    towline(
      [
        ...['session', ...words, '--repo', fleet.directory, '--telemetry', telemetry.path],
        ...['--gateway', 'ssh://gw'],
      ],
      { GIT_SSH_COMMAND: `ssh -F ${ssh}`, GNUPGHOME: home },
    );
  /** The device's file names these keys. @returns the commit */
  const names = async (keys: DeviceKeys, more = '') => {
    const named = `keys:\n  tls: ${tlsPublicKey(keys)}\n  ssh: ${sshPublicKey(keys)}\n`;
    await fleet.write('devices/pump-17.yaml', `apiVersion: towline/v1\n${named}${more}`);
    await fleet.git('add', '-A');
    await fleet.git('commit', '-qm', 'Keys of a device');
    return (await fleet.git('rev-parse', 'HEAD')).trim();
  };
  const says = (head = device.recordings.head) =>
    report(telemetry, 'pump-17', join(device.stateDirectory, 'ssh'), { recordings: head });

  before(async () => {
    [rig, fleet, telemetry, auditor] = await Promise.all([
      Rig.start(),
      makeFleet(),
      makeRepository(),
      makeGpgKey({ name: 'auditor', algorithm: 'default', usage: 'default' }),
    ]);
    ssh = await rig.clientConfig();
    const own = testDevice('pump-17');
    device = await RecordedDevice.make(own, undefined, undefined, {
      ...{ fleet: 'acme', dialler: storing(rig.recordings, 'pump-17') },
      auditor: await auditor.publicKey(),
    });
    writeFileSync(join(device.stateDirectory, 'ssh'), own.keys.sshKey, { mode: 0o600 });
    const commit = await names(own.keys);
    const session = await device.begin({ operator: 'alice', command: 'top', commit });
    await session.output(Buffer.from('what was \u001b[1mshown\u001b[0m\u001b[6n\r\n'));
    await session.ended(over);
    await comes(async () => (await device.files()).length === 0);
    await comes(async () => (await rig.recordings.ledgerHead('pump-17')).count === 2);
    const [kept] = await rig.recordings.list('pump-17');
    recorded = kept?.recording ?? '';
    await says();
  });
  after(async () => {
    await device[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await telemetry.remove();
    await auditor.remove();
  });

  test('lists who was where, plays what was shown, and finds it sound', async () => {
    const listed = await asks(['list', 'pump-17', '--json']);
    assert.equal(listed.code, 0, listed.errors);
    const [row] = JSON.parse(listed.output).recordings;
    assert.deepEqual(
      { ...row, started: '', seconds: 0, bytes: 0 },
      {
        recording: recorded,
        device: 'pump-17',
        operator: 'alice',
        service: 'web.api',
        started: '',
        seconds: 0,
        bytes: 0,
        state: 'ended',
      },
    );
    const played = await asks(['play', recorded.slice(-8)]);
    assert.equal(played.code, 0, played.errors);
    assert.ok(played.output.startsWith('what was \u001b[1mshown\u001b[0m\r\n'));
    const exported = await asks(['play', recorded, '--export', '-']);
    const [header, event] = exported.output.split('\n');
    assert.deepEqual(JSON.parse(header ?? '').command, 'top');
    assert.deepEqual(JSON.parse(event ?? '').slice(1), [
      'o',
      'what was \u001b[1mshown\u001b[0m\u001b[6n\r\n',
    ]);
    for (const words of [['--all'], ['--device', 'pump-17'], [recorded]]) {
      const verified = await asks(['verify', ...words]);
      assert.equal(verified.code, 0, verified.errors + verified.output);
      assert.match(verified.output, /2 entries, against 1 signed statuses\n.* {2}sound/);
    }
    assert.ok(rig.audits.some(({ action }) => action === `read-recordings pump-17 ${recorded}`));
  });

  test('an export is written as it is read, however long it is, and not in part', async () => {
    let bytes = 0;
    const taken = new Writable({
      write(chunk: Buffer, _encoding, callback) {
        bytes += chunk.length;
        callback();
      },
    });
    const mebibyte = 'x'.repeat(1024 * 1024 - 1);
    // Longer than one text of Node can be.
    const many = function* (): Generator<string> {
      for (let count = 0; count < 600; count += 1) yield mebibyte;
    };
    const { signal } = new AbortController();
    await writeLines(many(), taken, signal);
    assert.equal(bytes, 600 * 1024 * 1024);
    const file = join(device.stateDirectory, 'session.cast');
    const broken = function* (): Generator<string> {
      yield 'one';
      throw new Error('the second does not open');
    };
    await assert.rejects(exportToFile(broken(), file, signal), /second/);
    assert.ok(!existsSync(file));
    const exported = await asks(['play', recorded, '--export', file]);
    assert.equal(exported.code, 0, exported.errors);
    assert.equal(readFileSync(file, 'utf8').split('\n').length, 3);
    assert.notEqual((await asks(['play', recorded, '--export', file])).code, 0);
    assert.equal(readFileSync(file, 'utf8').split('\n').length, 3);
  });

  test('who is no auditor sees nothing, and verifies all the same', async () => {
    const other = await makeGpgKey({ name: 'other' });
    const played = await asks(['play', recorded], other.home);
    assert.match(played.errors, /SESSION_NO_AUDITOR/);
    assert.equal(played.output, '');
    assert.equal((await asks(['verify', '--all'], other.home)).code, 0);
    await other.remove();
  });

  test('what a gateway removes, cuts, changes, puts there or keeps from view has a code, and exit code 1', async () => {
    const file = join(rig.folder, 'recordings/pump-17', recorded);
    const ledger = join(rig.folder, 'recordings/pump-17/ledger');
    const whole = readFileSync(file, 'utf8');
    const entries = readFileSync(ledger, 'utf8');
    const lines = whole.split('\n');
    const codeOf = async () => {
      const { code, output } = await asks(['verify', '--all', '--json']);
      assert.equal(code, 1);
      const [{ fault, recordings }] = JSON.parse(output).devices;
      return fault?.code ?? recordings.find(({ state }: { state: string }) => state === 'fault').fault.code;
    };
    const changed = async (text: string) => {
      writeFileSync(file, text);
      return await codeOf();
    };
    assert.equal(await changed(lines.slice(0, 2).join('\n')), 'SESSION_RECORDING_TRUNCATED');
    assert.equal(await changed(lines.toSpliced(2, 1).join('\n')), 'SESSION_RECORDING_REORDERED');
    assert.equal(await changed(whole.replace('alice', 'wendy')), 'SESSION_RECORDING_FORGED');
    rmSync(file);
    assert.equal(await codeOf(), 'SESSION_RECORDING_MISSING');
    writeFileSync(file, whole);
    const strange = join(rig.folder, 'recordings/pump-17', '20200101T000000Z-zzzzzzzz');
    writeFileSync(strange, whole);
    assert.equal(await codeOf(), 'SESSION_RECORDING_FOREIGN');
    renameSync(strange, `${strange}.away`);
    writeFileSync(ledger, entries.split('\n').slice(0, 1).concat('').join('\n'));
    assert.equal(await codeOf(), 'SESSION_LEDGER_SHORT');
    writeFileSync(ledger, entries);
    await says({ count: 2, head: 'a'.repeat(64) });
    assert.equal(await codeOf(), 'SESSION_LEDGER_OTHER');
    assert.ok(existsSync(file));
  });

  test('after its key was renewed, what it signed before is sound, and who has the old key adds nothing', async () => {
    const [before, keys] = [(await fleet.git('rev-parse', 'HEAD')).trim(), testDevice('pump-17').keys];
    const { head } = device.recordings;
    await report(telemetry, 'pump-17', join(device.stateDirectory, 'ssh'), {
      recordings: head,
      trusted: { commit: before },
    });
    const after = await names(keys);
    const verified = async () => {
      const { code, output } = await asks(['verify', '--all', '--json']);
      return { code, ...JSON.parse(output).devices[0] };
    };
    const own = await verified();
    assert.deepEqual([own.code, own.count, own.statuses], [0, 2, 1], JSON.stringify(own));
    const ledger = join(rig.folder, 'recordings/pump-17/ledger');
    const entries = readFileSync(ledger, 'utf8');
    writeFileSync(ledger, entries.slice(0, entries.indexOf('\n') + 1));
    assert.equal((await verified()).fault.code, 'SESSION_LEDGER_SHORT');
    writeFileSync(ledger, entries);
    await using renewed = await RecordedDevice.make(
      { ...testDevice('pump-17'), keys },
      undefined,
      undefined,
      { fleet: 'acme', dialler: storing(rig.recordings, 'pump-17'), auditor: await auditor.publicKey() },
    );
    await (await renewed.begin({ commit: after })).ended(over);
    await comes(async () => (await rig.recordings.ledgerHead('pump-17')).count === 4);
    const keyFile = join(renewed.stateDirectory, 'ssh');
    writeFileSync(keyFile, keys.sshKey, { mode: 0o600 });
    await telemetry.commit({
      ...{ branch: 'telemetry/pump-17', message: 'status', trailer: false },
      signer: { gitConfig: ['gpg.format=ssh', `user.signingkey=${keyFile}`], environment: {} },
      files: {
        'status.yaml': stringify(
          statusOf('pump-17', { recordings: renewed.recordings.head, trusted: { commit: after } }),
        ),
      },
    });
    const both = await verified();
    assert.deepEqual([both.code, both.count, both.statuses], [0, 4, 2], JSON.stringify(both));
    // The old device goes on with its key, and the gateway lets it.
    await (await device.begin({ commit: before })).ended(over);
    await comes(async () => (await rig.recordings.ledgerHead('pump-17')).count === 6);
    assert.match(JSON.stringify((await verified()).fault), /FOREIGN.*entry 5.*did not have any more/);
  });

  test('keys are those that its file has named on the line of commits that is trusted, and no text in it or beside it', async () => {
    const commit = (await fleet.git('rev-parse', 'HEAD')).trim();
    const asked = { repo: fleet.directory, device: 'pump-17' };
    const { keys } = await deviceKeys({ ...asked, commit });
    assert.equal(keys.length, 2);
    const [stranger, merged] = [testDevice('stranger').keys, testDevice('merged').keys];
    const [now, hooks] = [testDevice('pump-17').keys, ['-c', 'core.hooksPath=/dev/null']];
    await fleet.git('checkout', '-qb', 'side');
    await names(merged);
    await fleet.git('checkout', '-q', 'main');
    await names(now, `variables:\n  NOTE: |\n    keys:\n      ssh: ${sshPublicKey(stranger)}\n`);
    await fleet.git(...hooks, 'merge', '-q', '--no-ff', '-s', 'ours', '-m', 'Merge', 'side');
    const newest = (await fleet.git('rev-parse', 'HEAD')).trim();
    const found = await deviceKeys({ ...asked, commit: newest });
    assert.deepEqual(found.keys, [...keys, sshPublicKey(now)]);
    assert.deepEqual([commit, newest, 'f'.repeat(40)].map(found.placeAt), [1, 2, 2]);
  });
});

test('a player goes by the time of the recording, within its limit, stops by a space and ends by q', async () => {
  let written = '';
  const write = (bytes: Uint8Array) => {
    written += Buffer.from(bytes).toString();
  };
  const never = new AbortController().signal;
  const player = new Player({
    speed: 10,
    idleLimitSec: 0.5,
    write,
  });
  const lines = [
    '{"version":2}',
    '[0.1,"o","a"]',
    '[9000,"o","b"]',
    '[9000.1,"r","1x1"]',
    '[9999999,"o","c"]',
  ];
  const began = performance.now();
  await player.play(lines, never);
  assert.match(written, /^abc/);
  assert.ok(performance.now() - began >= 90);
  written = '';
  const stopped = new Player({
    speed: 100,
    idleLimitSec: 1,
    write,
  });
  stopped.key(Buffer.from(' '));
  const playing = stopped.play(['[1,"o","a"]', '[2,"o","b"]'], never);
  await new Promise(resolve => setTimeout(resolve, 50));
  assert.equal(written, '');
  stopped.key(Buffer.from('q'));
  await playing;
  assert.doesNotMatch(written, /a|b/);
});
