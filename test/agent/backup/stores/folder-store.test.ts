/** Copies to a folder of another disk: made, found again, and brought back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { OwnDisk, OwnFolder, restic as resticAt, StoreRig, storePassword } from '../../../rig/store-rig.ts';

let rig: StoreRig;
let disk: OwnDisk;
let data: OwnFolder;
before(async () => {
  rig = await StoreRig.start();
  disk = new OwnDisk(16);
  data = new OwnFolder();
  for (let number = 0; number < 400; number += 1)
    writeFileSync(path.join(data.path, `file-${number}`), randomBytes(5_000));
});
after(async () => {
  disk[Symbol.dispose]();
  data[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

const folderStore = () => rig.folderStore(disk.path);
const restic = (...parameters: string[]) => resticAt(rig.repository(disk.path), ...parameters);

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
