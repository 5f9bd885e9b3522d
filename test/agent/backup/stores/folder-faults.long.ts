/** What keeps copies to a folder of another disk from being made. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { OwnDisk, OwnFolder, restic as resticAt, StoreRig, storePassword } from '../../../rig/store-rig.ts';

let rig: StoreRig;
let disk: OwnDisk;
let data: OwnFolder;
const repository = () => rig.repository(disk.path);
// Each test has a state of its own: what one leaves damaged is none of another.
beforeEach(async () => {
  rig = await StoreRig.start();
  disk = new OwnDisk(16);
  data = new OwnFolder();
  writeFileSync(path.join(data.path, 'file'), randomBytes(500_000));
});
afterEach(async () => {
  disk[Symbol.dispose]();
  data[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

const folderStore = () => rig.folderStore(disk.path);
const restic = (...parameters: string[]) => resticAt(rig.repository(disk.path), ...parameters);

/** A desk that holds the repository for itself: the disk is as slow as it says, so that takes minutes. */
async function holding(): Promise<AsyncDisposable> {
  const slowly = ['--no-cache', '--limit-download', '1', 'check', '--read-data'];
  const locks = () => readdirSync(path.join(repository(), 'locks')).length;
  const before = locks();
  const desk = spawn('restic', ['-r', repository(), ...slowly], {
    env: { ...process.env, RESTIC_PASSWORD: storePassword },
    stdio: 'ignore',
  });
  const ended = once(desk, 'exit');
  await eventually(() => {
    assert.equal(desk.exitCode, null, 'it ended before it was seen to hold anything');
    return locks() > before;
  });
  return {
    async [Symbol.asyncDispose]() {
      desk.kill('SIGKILL');
      await ended;
    },
  };
}

test('while a desk holds the repository a copy waits; what a killed desk has left is told until it is removed', async () => {
  const desired = await rig.desired(folderStore());
  assert.equal(await rig.copied(desired, rig.makeBackup(data.path)), 'copied', rig.lines.join('\n'));
  const id = rig.makeBackup(data.path);
  {
    await using _desk = await holding();
    assert.equal(await rig.copied(desired, id), 'BACKUP_STORE_LOCKED', rig.lines.join('\n'));
  }
  // It is none of this device's, and not half an hour old.
  assert.equal(await rig.copied(desired, id), 'BACKUP_STORE_LOCKED', rig.lines.join('\n'));
  restic('unlock');
  assert.equal(await rig.copied(desired, id), 'copied', rig.lines.join('\n'));
  restic('check');
});

test('a repository that is damaged: the code says so, nothing is half brought back, and what is mended is copied to again', async () => {
  const desired = await rig.desired(folderStore());
  const first = rig.makeBackup(data.path);
  assert.equal(await rig.copied(desired, first), 'copied', rig.lines.join('\n'));
  const spoilt = async (folder: string, then: () => Promise<void>) => {
    const files = readdirSync(path.join(repository(), folder), { recursive: true, encoding: 'utf8' })
      .map(name => path.join(repository(), folder, name))
      .filter(file => statSync(file).isFile());
    assert.ok(files.length > 0, folder);
    const kept = files.map(file => ({ file, bytes: readFileSync(file) }));
    for (const { file, bytes } of kept) {
      chmodSync(file, 0o600);
      const changed = Buffer.from(bytes);
      for (let at = 40; at < bytes.length; at += 200) changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      writeFileSync(file, changed);
    }
    try {
      await then();
    } finally {
      for (const { file, bytes } of kept) writeFileSync(file, bytes);
    }
  };
  const id = rig.makeBackup(data.path);
  for (const folder of ['index', 'keys'])
    await spoilt(folder, async () => {
      // Of what lies in its cache a device does not ask again.
      rmSync(path.join(rig.device.room.backupDirectory, '.stores', 'stick', 'cache'), { recursive: true });
      const code = await rig.copied(desired, id);
      // A key that can still be read opens nothing: nobody can tell that from another password.
      const expected = folder === 'keys' ? /^BACKUP_STORE_(PASSWORD|DAMAGED)$/ : /^BACKUP_STORE_DAMAGED$/;
      assert.match(code, expected, rig.lines.join('\n'));
    });
  rmSync(path.join(rig.backups, first), { recursive: true });
  await spoilt('data', async () => {
    const stores = rig.stores();
    stores.use(desired);
    const retrieved = stores.retrieve(rig.device.project, first, rig.device.signal);
    await assert.rejects(retrieved, { code: 'BACKUP_STORE_DAMAGED' });
    assert.ok(
      !existsSync(path.join(rig.backups, first)) && !existsSync(path.join(rig.backups, `${first}.part`)),
    );
  });
  assert.equal(await rig.copied(desired, id), 'copied', rig.lines.join('\n'));
  const stores = rig.stores();
  stores.use(desired);
  assert.equal((await stores.retrieve(rig.device.project, first, rig.device.signal)).id, first);
  restic('check', '--read-data');
});

test('another password, a full disk, a read-only one and one that is not mounted each have a code, and nothing is marked as copied', async () => {
  const desired = await rig.desired(folderStore());
  assert.equal(await rig.copied(desired, rig.makeBackup(data.path)), 'copied', rig.lines.join('\n'));
  const id = rig.makeBackup(data.path);
  assert.equal(
    await rig.copied(await rig.desired(folderStore(), 'password: another\n'), id),
    'BACKUP_STORE_PASSWORD',
  );
  const filler = path.join(disk.path, 'filler');
  assert.equal(
    await rig.copied(await rig.desired(folderStore(), 'identity: another\n'), id),
    'BACKUP_STORE_SECRET',
  );
  writeFileSync(path.join(data.path, 'more'), randomBytes(3_000_000));
  const larger = rig.makeBackup(data.path);
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
  assert.equal(await rig.copied(desired, larger), 'BACKUP_STORE_FULL', rig.lines.join('\n'));
  rmSync(filler);
  spawnSync('mount', ['-o', 'remount,ro', disk.path]);
  assert.equal(await rig.copied(desired, larger), 'BACKUP_STORE_READ_ONLY', rig.lines.join('\n'));
  spawnSync('mount', ['-o', 'remount,rw', disk.path]);
  assert.equal(await rig.copied(desired, larger), 'copied', rig.lines.join('\n'));
  restic('check');
  spawnSync('umount', ['-l', disk.path]);
  const later = rig.makeBackup(data.path);
  assert.equal(await rig.copied(desired, later), 'BACKUP_STORE_UNREACHABLE');
  assert.deepEqual(readdirSync(disk.path), [], 'nothing is written to the first disk');
});
