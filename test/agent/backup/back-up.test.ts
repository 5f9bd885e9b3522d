/** Backups on a real engine: what they have, and what happens where one cannot be made. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

let images: Awaited<ReturnType<typeof buildImages>>;
let builder: DeviceRig;
before(async () => {
  builder = await DeviceRig.start();
  images = await buildImages(builder);
});
after(async () => builder[Symbol.asyncDispose]());

/** A service that holds a volume, in two releases. */
function release(rig: DeviceRig, number: 1 | 2, backup: Partial<BackupSettings> = {}): DesiredProject {
  return makeProject(rig.project, {
    services: {
      app: {
        image: images.worker,
        environment: { RELEASE: String(number) },
        volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
      },
    },
    volumes: { data: {} },
    update: { stablePeriodMs: 0 },
    backup: { volumes: ['data'], ...backup },
  });
}

async function write(rig: DeviceRig, script: string): Promise<void> {
  assert.equal(await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', script]), 0);
}

test('before an update the volume is kept, with the state that ran', async () => {
  await using rig = await DeviceRig.start();
  const one = release(rig, 1);
  await rig.pass([one]);
  await write(rig, 'echo precious > /data/row');
  const two = release(rig, 2);
  const { outcome } = await rig.pass([two]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  const { backups, damaged } = await backupsOf(rig.room.backupDirectory, rig.project);
  assert.deepEqual(damaged, []);
  const [manifest] = backups;
  assert.ok(manifest !== undefined && backups.length === 1);
  assert.equal(manifest.digest, one.digest);
  assert.equal(manifest.before, two.digest);
  const folder = path.join(rig.room.backupDirectory, rig.project, manifest.id);
  assert.deepEqual(readdirSync(folder).sort(), ['data.tar.zst', 'manifest.json', 'project.json']);
  const [volume] = manifest.volumes;
  const bytes = readFileSync(path.join(folder, 'data.tar.zst'));
  assert.equal(volume?.sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.equal(volume?.bytes, bytes.length);
  assert.equal(statSync(path.join(folder, 'data.tar.zst')).mode & 0o777, 0o600);
  assert.deepEqual((await rig.plan([two])).steps, []);
});
