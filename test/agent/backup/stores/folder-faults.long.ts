/** What keeps copies to a folder of another disk from being made. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { DeviceStore } from '../../../../core/fleet/backup-stores.ts';
import { OwnDisk, OwnFolder, StoreRig, storePassword } from '../../../rig/store-rig.ts';

let rig: StoreRig;
let disk: OwnDisk;
let data: OwnFolder;
before(async () => {
  rig = await StoreRig.start();
  disk = new OwnDisk(16);
  data = new OwnFolder();
  writeFileSync(path.join(data.path, 'file'), randomBytes(500_000));
});
after(async () => {
  disk[Symbol.dispose]();
  data[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

const folderStore = (): DeviceStore => ({
  name: 'stick',
  place: { folder: path.join(disk.path, 'backups', rig.device.device), onFirstDisk: false },
  secret: `secrets/backups/${rig.device.device}.yaml`,
});

function restic(...parameters: string[]): string {
  const repository = path.join(disk.path, 'backups', rig.device.device);
  const { status, stdout, stderr } = spawnSync('restic', ['-r', repository, '--no-cache', ...parameters], {
    env: { ...process.env, RESTIC_PASSWORD: storePassword },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

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
