/** Copies to a server by SFTP, and what keeps them from being made: the real sshd, behind a relay that can fail. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { DesiredState } from '../../../../core/desired/state.ts';
import { makeSshPrivateKey } from '../../../../core/io/openssh-key.ts';
import { type Sshd, startSshd } from '../../../../lab/rig/sshd.ts';
import { OwnFolder, StoreRig, storePassword } from '../../../rig/store-rig.ts';
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
  readonly hostKeys?: readonly string[];
  readonly port?: number;
  readonly identity?: string;
}

function desired(change: Change = {}): Promise<DesiredState> {
  const {
    hostKeys = [sshd.hostKey],
    port = relay.port,
    identity = readFileSync(sshd.identity, 'utf8'),
  } = change;
  const repository = path.join(server.path, rig.device.device);
  const place = { host, port, user: sshd.user, path: repository, hostKeys };
  const store = { name: 'nas', place, secret: `secrets/backups/${rig.device.device}.yaml` };
  return rig.desired(store, JSON.stringify({ password: storePassword, identity }));
}

function restic(...parameters: string[]): string {
  const repository = path.join(server.path, rig.device.device);
  const { status, stdout, stderr } = spawnSync('restic', ['-r', repository, '--no-cache', ...parameters], {
    env: { ...process.env, RESTIC_PASSWORD: storePassword },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

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
