/** Copies to a server by SFTP, and what keeps them from being made: the real sshd, behind a relay that can fail. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { DesiredState } from '../../../../core/desired/state.ts';
import { errorRegistry } from '../../../../core/errors.ts';
import { makeSshPrivateKey } from '../../../../core/io/openssh-key.ts';
import { type Sshd, startSshd } from '../../../../lab/rig/sshd.ts';
import { OwnDisk, OwnFolder, restic as resticAt, StoreRig, storePassword } from '../../../rig/store-rig.ts';
import { TcpRelay } from '../../../rig/tcp-relay.ts';

let rig: StoreRig;
let server: OwnFolder;
let data: OwnFolder;
let sshd: Sshd;
let relay: TcpRelay;
let host: string;
before(async () => {
  rig = await StoreRig.start();
  [server, data] = [new OwnFolder(), new OwnFolder()];
  sshd = await startSshd();
  host = await rig.gateway();
  relay = await TcpRelay.start('127.0.0.1', sshd.port, host);
  writeFileSync(path.join(data.path, 'file'), randomBytes(3_000_000));
});
after(async () => {
  await relay.stop();
  await sshd.stop();
  server[Symbol.dispose]();
  data[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

interface Change {
  /** Of the repository. */
  readonly folder?: string;
  readonly hostKeys?: readonly string[];
  readonly port?: number;
  readonly identity?: string;
}

function desired(change: Change = {}): Promise<DesiredState> {
  const {
    hostKeys = [sshd.hostKey],
    port = relay.port,
    identity = readFileSync(sshd.identity, 'utf8'),
    folder = path.join(server.path, rig.device.device),
  } = change;
  const place = { host, port, user: sshd.user, path: folder, hostKeys };
  const store = { name: 'nas', place, secret: `secrets/backups/${rig.device.device}.yaml` };
  return rig.desired(store, JSON.stringify({ password: storePassword, identity }));
}

const restic = (...parameters: string[]) =>
  resticAt(path.join(server.path, rig.device.device), ...parameters);

test('a server that shows another key, does not know the identity, or is not there is told apart', async () => {
  const id = rig.makeBackup(data.path);
  const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  assert.equal(
    await rig.copied(await desired({ hostKeys: [other] }), id),
    'BACKUP_STORE_DENIED',
    rig.lines.join('\n'),
  );
  const identity = makeSshPrivateKey('stranger');
  assert.equal(
    await rig.copied(await desired({ identity }), id),
    'BACKUP_STORE_DENIED',
    rig.lines.join('\n'),
  );
  assert.equal(
    await rig.copied(await desired({ port: 1 }), id),
    'BACKUP_STORE_UNREACHABLE',
    rig.lines.join('\n'),
  );
  assert.deepEqual(readdirSync(server.path), []);
});

test('a copy whose helper is killed is made anew by the next one, without a lock in its way, and nobody sees the password', async () => {
  const id = rig.makeBackup(data.path);
  const { engine, signal, device } = rig.device;
  const name = `towline-helper-${device}-store-nas`;
  let seen = '';
  const killed = new Promise<void>(resolve => {
    relay.onBytes = ({ bytesUp }) => {
      if (bytesUp < 1_000_000) return;
      relay.onBytes = undefined;
      resolve();
    };
  }).then(async () => {
    const inspected = await engine.call<object>({ method: 'GET', path: `/containers/${name}/json` }, signal);
    const top = await engine.call<object>({ method: 'GET', path: `/containers/${name}/top` }, signal);
    seen = JSON.stringify([inspected, top]);
    await engine.call({ method: 'POST', path: `/containers/${name}/kill` }, signal);
  });
  assert.match(await rig.copied(await desired(), id), /^BACKUP_STORE_/);
  await killed;
  assert.match(seen, /RESTIC_PASSWORD_FILE/);
  assert.ok(!seen.includes(storePassword));
  assert.match(restic('list', 'locks'), /[0-9a-f]{64}/);
  assert.equal(await rig.copied(await desired(), id), 'copied', rig.lines.join('\n'));
  assert.doesNotMatch(restic('list', 'locks'), /[0-9a-f]{64}/);
  restic('check', '--read-data');
  assert.ok(!rig.lines.join('\n').includes(storePassword));
});

test('a server that falls silent in a copy is given up, and the copy is made when it speaks again', async () => {
  const id = rig.makeBackup(data.path);
  assert.equal(await rig.copied(await desired(), id), 'copied', rig.lines.join('\n'));
  writeFileSync(path.join(data.path, 'more'), randomBytes(3_000_000));
  const silent = rig.makeBackup(data.path);
  const from = relay.bytesUp;
  relay.onBytes = ({ bytesUp }) => {
    if (bytesUp - from < 1_000_000) return;
    relay.onBytes = undefined;
    relay.hold();
  };
  assert.equal(await rig.copied(await desired(), silent), 'BACKUP_STORE_UNREACHABLE', rig.lines.join('\n'));
  relay.release();
  assert.equal(await rig.copied(await desired(), silent), 'copied', rig.lines.join('\n'));
  restic('check');
});

/** From now on no more goes through than that. @returns stops it */
function trickle(bytesEachSecond: number): () => void {
  let before = relay.bytesUp + relay.bytesDown;
  relay.onBytes = ({ bytesUp, bytesDown }) => {
    const ms = ((bytesUp + bytesDown - before) / bytesEachSecond) * 1_000;
    before = bytesUp + bytesDown;
    relay.hold();
    setTimeout(() => relay.release(), ms);
  };
  return () => {
    relay.onBytes = undefined;
  };
}

test('a server that takes little at a time is waited for, longer than for a silent one', async () => {
  using slow = new OwnFolder();
  writeFileSync(path.join(slow.path, 'file'), randomBytes(1_500_000));
  const id = rig.makeBackup(slow.path);
  const beganMs = performance.now();
  const stop = trickle(16 * 1024);
  const copied = await rig.copied(await desired(), id);
  stop();
  assert.equal(copied, 'copied', rig.lines.join('\n'));
  // Of a silent one it is 60 s.
  assert.ok(performance.now() - beganMs > 80_000);
  restic('check');
});

/** @returns the code, and the last words with it */
async function refusal(state: DesiredState, backup: string): Promise<string> {
  const stores = rig.stores();
  const code = await rig.copied(state, backup, stores);
  assert.notEqual(code, 'copied');
  const { message } = [...stores.troubles.values()].find(trouble => trouble.code === code) ?? assert.fail();
  return `${code}: ${message}`;
}

/** SFTP has no word for a disk that is full or read-only. What a person does then stands with the code. */
function assertFailure(refused: string, at: 'Write' | 'OpenFile'): void {
  const [code = ''] = refused.split(':');
  const [, word = ''] = /\b(Write|OpenFile): sftp: "Failure" \(SSH_FX_FAILURE\)/.exec(refused) ?? [];
  assert.deepEqual([code, word], ['BACKUP_STORE_FAILED', at], refused);
  assert.match(errorRegistry.BACKUP_STORE_FAILED.remedy, /`SSH_FX_FAILURE`.*full or read-only/);
}

test('of a disk that is full a server says no more than `Failure`, and the copy is made when it has room', async () => {
  using disk = new OwnDisk(4);
  const to = { folder: path.join(disk.path, 'repository') };
  using large = new OwnFolder();
  writeFileSync(path.join(large.path, 'file'), randomBytes(8_000_000));
  const backup = rig.makeBackup(large.path);
  assertFailure(await refusal(await desired(to), backup), 'Write');
  assert.equal(spawnSync('mount', ['-o', 'remount,size=64m', disk.path]).status, 0);
  assert.equal(await rig.copied(await desired(to), backup), 'copied', rig.lines.join('\n'));
});

test('a server that takes nothing: by its rule that is told; of a disk that is read-only it says no more than `Failure`', async () => {
  using disk = new OwnDisk(64);
  const to = { folder: path.join(disk.path, 'repository') };
  const { identity } = newIdentity(disk.path, 'restrict,command="internal-sftp -R"');
  const first = rig.makeBackup(data.path);
  const denied = await refusal(await desired({ ...to, identity }), first);
  assert.match(denied, /^BACKUP_STORE_READ_ONLY: .*permission denied/i);
  assert.equal(await rig.copied(await desired(to), first), 'copied', rig.lines.join('\n'));
  const later = rig.makeBackup(data.path);
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', disk.path]).status, 0);
  assertFailure(await refusal(await desired(to), later), 'OpenFile');
  assert.equal(spawnSync('mount', ['-o', 'remount,rw', disk.path]).status, 0);
  assert.equal(await rig.copied(await desired(to), later), 'copied', rig.lines.join('\n'));
});

/** Of somebody whom the server lets in under a rule. */
function newIdentity(folder: string, rule: string): { readonly identity: string; readonly file: string } {
  const identity = makeSshPrivateKey('somebody');
  const file = path.join(folder, 'identity');
  writeFileSync(file, identity, { mode: 0o600 });
  const key = spawnSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
  assert.equal(key.status, 0, key.stderr);
  appendFileSync(`${sshd.identity}.pub`, `${rule} ${key.stdout.trim()}\n`);
  return { identity, file };
}

test('what sshd can forbid a device is no append-only store: without `remove` it copies, and can still spoil all there is', async () => {
  using folder = new OwnFolder();
  const { identity, file } = newIdentity(folder.path, 'restrict,command="internal-sftp -P remove,rmdir"');
  const to = { folder: path.join(folder.path, 'repository'), identity };
  const id = rig.makeBackup(data.path);
  const first = await rig.copied(await desired(to), id);
  assert.equal(first, 'copied', rig.lines.join('\n'));
  // Its lock stays: nobody may remove it.
  assert.ok(readdirSync(path.join(to.folder, 'locks')).length > 0);
  const options = ['-i', file, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const [snapshot = ''] = readdirSync(path.join(to.folder, 'snapshots'));
  const sftp = (command: string) =>
    spawnSync('sftp', ['-b', '-', ...options, '-P', String(sshd.port), `${sshd.user}@127.0.0.1`], {
      input: `${command}\n`,
      encoding: 'utf8',
    });
  const at = path.join(to.folder, 'snapshots', snapshot);
  assert.match(sftp(`rm ${at}`).stderr, /Permission denied|not permitted/i);
  const empty = path.join(folder.path, 'empty');
  writeFileSync(empty, '');
  const spoilt = sftp(`put ${empty} ${at}`);
  assert.equal(spoilt.status, 0, spoilt.stderr);
  assert.equal(readFileSync(at).length, 0);
});
