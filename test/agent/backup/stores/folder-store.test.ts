/** Copies to a folder of another disk: made, found again, brought back, and what keeps them from being made. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import type { DeviceStore } from '../../../../core/fleet/backup-stores.ts';
import { OwnFolder, StoreRig, storePassword } from '../../../rig/store-rig.ts';

let rig: StoreRig;
let disk: OwnFolder;
let data: OwnFolder;
before(async () => {
  rig = await StoreRig.start();
  disk = new OwnFolder();
  data = new OwnFolder();
  mount(16);
  for (let number = 0; number < 400; number += 1)
    writeFileSync(path.join(data.path, `file-${number}`), randomBytes(5_000));
});
after(async () => {
  spawnSync('umount', ['-l', disk.path]);
  disk[Symbol.dispose]();
  data[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

function mount(megabytes: number): void {
  const { status, stderr } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m`,
    'tmpfs',
    disk.path,
  ]);
  assert.equal(status, 0, String(stderr));
}

const folderStore = (change: Partial<DeviceStore> = {}): DeviceStore => ({
  name: 'stick',
  place: { folder: path.join(disk.path, 'backups', rig.device.device), onFirstDisk: false },
  secret: `secrets/backups/${rig.device.device}.yaml`,
  ...change,
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

const storedBytes = (): number =>
  Number(
    spawnSync('du', ['-sb', path.join(disk.path, 'backups')], { encoding: 'utf8' }).stdout.split('\t')[0],
  );

const tarOf = (id: string): Buffer =>
  zstdDecompressSync(readFileSync(path.join(rig.backups, id, 'data.tar.zst')));

test('a backup is copied, a second one with one file in a hundred changed costs little, and comes back byte for byte', async () => {
  const desired = await rig.desired(folderStore());
  const first = rig.makeBackup(data.path);
  assert.equal(await rig.copied(desired, first), 'copied', rig.lines.join('\n'));
  const firstBytes = storedBytes();
  for (let number = 0; number < 400; number += 100)
    writeFileSync(path.join(data.path, `file-${number}`), randomBytes(5_000));
  const second = rig.makeBackup(data.path);
  assert.equal(await rig.copied(desired, second), 'copied', rig.lines.join('\n'));
  const more = storedBytes() - firstBytes;
  assert.ok(more < firstBytes / 20, `${more} bytes after ${firstBytes}`);
  restic('check', '--read-data');
  assert.equal(JSON.parse(restic('list', 'locks', '--json').trim() || '[]').length, 0);
  const tar = tarOf(second);
  rmSync(path.join(rig.backups, second), { recursive: true });
  const stores = rig.stores();
  stores.use(desired);
  const manifest = await stores.retrieve(rig.device.project, second, rig.device.signal);
  assert.equal(manifest.id, second);
  assert.ok(tarOf(second).equals(tar));
  const beside = ['data.tar.zst', 'manifest.json', 'project.json', 'stores'];
  assert.deepEqual(readdirSync(path.join(rig.backups, second)).sort(), beside);
  await assert.rejects(stores.retrieve(rig.device.project, '20200101T000000Z-00000000', rig.device.signal), {
    code: 'BACKUP_STORE_MISSING',
  });
  assert.ok(!rig.lines.join('\n').includes(storePassword));
  assert.ok(!existsSync(path.join(rig.runtimeDirectory, 'stores', 'stick')), 'the password is gone');
});

test('another password, a full disk, a read-only one and one that is not mounted each have a code, and nothing is marked as copied', async () => {
  const id = rig.makeBackup(data.path);
  assert.equal(
    await rig.copied(await rig.desired(folderStore(), 'password: another\n'), id),
    'BACKUP_STORE_PASSWORD',
  );
  const desired = await rig.desired(folderStore());
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
  mkdirSync(path.join(disk.path, 'x'));
});
