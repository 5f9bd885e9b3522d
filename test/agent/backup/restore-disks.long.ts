/** Disks that get full in a restore, small file systems of their own: nothing is half put back, and room is all it takes. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import { dataSteps } from '../../../agent/backup/data-steps.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { OwnFolder, StoreRig } from '../../rig/store-rig.ts';
import { besideOf, told } from './told-restore.ts';
import { TwoVolumes } from './two-volumes.ts';

const hourMs = 60 * 60_000;
const MiB = 1024 ** 2;

const startedAt = async (rig: DeviceRig) => (await rig.inspect(`${rig.project}-app-1`)).State.StartedAt;

/** The app runs on with what it has, and nothing lies beside. */
async function assertUntouched(rig: DeviceRig, app: TwoVolumes, since: string, when: string): Promise<void> {
  assert.deepEqual(await app.rows(), ['two', 'two'], when);
  assert.equal(await startedAt(rig), since, when);
  assert.deepEqual(await besideOf(rig), [], when);
}

test('the disk of the state is full: nothing is begun that could not be noted, and what is begun ends', async () => {
  await using rig = await DeviceRig.start();
  const { worker } = await buildImages(rig);
  const app = new TwoVolumes(rig, worker);
  const wanted = app.asked('2', await app.twoReleases());
  using disk = new SmallDisk(rig.stateDirectory, 16, 'ext4');
  const since = await startedAt(rig);
  for (const when of ['before', 'after'] as const) {
    const result = await told(rig, wanted, {
      async around(step, run) {
        if (step.kind !== 'unpack-backup') return await run();
        if (when === 'before') disk.fill(0);
        await run();
        if (when === 'after') disk.fill(0);
      },
    });
    if (when === 'before') {
      assert.deepEqual([result.code, result.state], ['AGENT_DISK_FULL', 'degraded'], JSON.stringify(result));
      await assertUntouched(rig, app, since, when);
    }
    disk.makeRoom();
    rig.restart();
    rig.aheadMs += hourMs;
  }
  await told(rig, wanted);
  await app.assertSettled(wanted, 'one', 'with room');
  for (const line of await app.starts()) assert.match(line, /^(\w+) \1$/);
});

test('the disk of the backups is full while one comes from a store: it says so, and the app runs on', async () => {
  await using store = await StoreRig.start();
  const rig = store.device;
  using stick = new OwnFolder();
  const { worker } = await buildImages(rig);
  const app = new TwoVolumes(rig, worker);
  const { backupDirectory } = rig.room;
  mkdirSync(backupDirectory, { recursive: true });
  using disk = new SmallDisk(backupDirectory, 64, 'ext4');
  await rig.pass([app.release('1')]);
  await app.write('one');
  writeFileSync(path.join(await app.place('more'), 'large'), randomBytes(8 * MiB));
  await rig.pass([app.release('2')], { settings: { minimumFreeBytes: MiB } });
  await app.write('two');
  await app.starts();
  const [{ id = '' } = {}] = (await backupsOf(backupDirectory, rig.project)).backups;
  const place = { folder: path.join(stick.path, rig.device), onFirstDisk: true };
  const desired = await store.desired({ name: 'stick', place, secret: `secrets/backups/${rig.device}.yaml` });
  const stores = store.stores();
  assert.equal(await store.copied(desired, id, stores), 'copied', store.lines.join('\n'));
  rmSync(path.join(backupDirectory, rig.project, id), { recursive: true });
  rig.restart();
  const wanted = app.asked('2', id);
  const data = dataSteps({ ...rig.room, retrieve: (...words) => stores.retrieve(...words) });
  const since = await startedAt(rig);
  const codes = new Set<string>();
  // By ever more: the repository's part, then the archive that is made of it.
  for (const leave of [0, MiB, 6 * MiB, 12 * MiB]) {
    disk.fill(leave);
    const result = await told(rig, wanted, { data });
    const when = `${leave / MiB} MiB left`;
    assert.equal(result.state, 'degraded', `${when}: ${JSON.stringify(result)}`);
    // Of the device's disk, not of the store's.
    assert.match(result.code ?? '', /^(?:AGENT_DISK_FULL|RESTORE_NO_SPACE)$/, JSON.stringify(result));
    codes.add(result.code ?? '');
    await assertUntouched(rig, app, since, when);
    assert.deepEqual((await backupsOf(backupDirectory, rig.project)).backups, [], when);
    rig.aheadMs += hourMs;
  }
  assert.ok(codes.has('RESTORE_NO_SPACE'), [...codes].join());
  disk.makeRoom();
  const result = await told(rig, wanted, { data });
  assert.equal(result.state, 'healthy', JSON.stringify(result));
  await rig.pass([wanted]);
  await app.assertSettled(wanted, 'one', 'with room');
});

test('the disk of the engine is full: before it is unpacked, while it is, and when the volumes are exchanged', async () => {
  let disk: SmallDisk | undefined;
  const own = await startOwnEngine({
    prepare: data => {
      mkdirSync(data);
      disk = new SmallDisk(data, 320, 'ext4');
    },
  });
  try {
    assert.ok(disk !== undefined);
    const full = disk;
    await using rig = new DeviceRig(own.socket, 'towline.invalid');
    const image = 'towline-test/worker:1';
    await rig.images.build(image, 'worker', '1');
    const app = new TwoVolumes(rig, image);
    await app.twoReleases();
    await app.write('one');
    writeFileSync(path.join(await app.place('more'), 'large'), randomBytes(32 * MiB));
    await rig.pass([app.release('3')]);
    rmSync(path.join(await app.place('more'), 'large'));
    await app.write('two');
    await app.starts();
    const [{ id = '' } = {}] = (await backupsOf(rig.room.backupDirectory, rig.project)).backups;
    const wanted = app.asked('3', id);
    const since = await startedAt(rig);
    for (const leave of [0, 4 * MiB, 24 * MiB]) {
      full.fill(leave);
      const result = await told(rig, wanted);
      const when = `${leave / MiB} MiB left`;
      assert.equal(result.state, 'degraded', `${when}: ${JSON.stringify(result)}`);
      assert.match(result.code ?? '', /^(?:RESTORE_NO_SPACE|BACKUP_HELPER|ENGINE_\w+)$/, when);
      await assertUntouched(rig, app, since, when);
      rig.aheadMs += hourMs;
    }
    full.makeRoom();
    const atLast = await told(rig, wanted, {
      async around(step, run) {
        if (step.kind === 'restore-volumes') full.fill(0);
        await run();
      },
    });
    // The new one is started on a full disk, or waits for room: whatever it has is whole.
    for (const row of await app.rows()) assert.match(row, /^(?:one|two)$/, JSON.stringify(atLast));
    full.makeRoom();
    rig.aheadMs += hourMs;
    await told(rig, wanted);
    await rig.pass([wanted]);
    await app.assertSettled(wanted, 'one', 'with room');
    for (const line of await app.starts()) assert.match(line, /^(\w+) \1$/);
  } finally {
    await own.stop();
    disk?.[Symbol.dispose]();
  }
});
