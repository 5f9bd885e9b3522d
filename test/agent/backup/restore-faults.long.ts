/** What keeps a restore from being done, at length: what was unpacked goes, an update is taken back in vain, there is no room. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import { fieldsOf } from '../../../core/json.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { beforeExchange, besideOf, told } from './told-restore.ts';
import { TwoVolumes } from './two-volumes.ts';

const hourMs = 60 * 60_000;
const images = await sharedImages();

test('what was unpacked is pruned before it takes its place: it is unpacked again', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  const prune = async () => {
    for (const { name } of await besideOf(rig)) await rig.delete(`/volumes/${name}`);
  };
  const result = await told(rig, wanted, beforeExchange(prune));
  assert.equal(result.state, 'healthy', JSON.stringify(result));
  await rig.pass([wanted]);
  await app.assertSettled(wanted, 'one', 'after the prune');
});

test('an update that failed stays while its data cannot go back, which is said, and no later one sees what it left', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const backup = { onRollback: 'restore' } as const;
  const good = app.release('1', { backup });
  await rig.pass([good]);
  await app.write('one');
  const bad = app.release('2', { backup, spoils: true });
  let archive = '';
  let whole = Buffer.alloc(0);
  const first = await told(rig, bad, {
    async around(step, run) {
      await run();
      if (step.kind !== 'back-up') return;
      const [{ id = '' } = {}] = (await rig.store.memory(0)).backups?.get(rig.project) ?? [];
      archive = path.join(rig.room.backupDirectory, rig.project, id, 'more.tar.zst');
      whole = readFileSync(archive);
      writeFileSync(archive, Buffer.concat([whole, Buffer.from('x')]));
    },
  });
  assert.equal(first.state, 'failed', JSON.stringify(first));
  assert.match(
    first.message ?? '',
    /going back failed: .*more.*the old version starts only when backup .* is put back/,
  );
  const isNew = ['/bin/sh', '-c', 'test $RELEASE = 2'];
  assert.equal(await rig.exec(`${rig.project}-app-1`, isNew), 0);
  assert.deepEqual(await app.rows(), ['spoilt', 'spoilt']);
  assert.deepEqual(await besideOf(rig), []);
  await app.starts();
  const next = app.release('3', { backup });
  rig.aheadMs += hourMs;
  const second = await told(rig, next);
  assert.deepEqual([second.code, second.state], ['BACKUP_MANIFEST', 'failed'], JSON.stringify(second));
  assert.match(second.message ?? '', /the old version starts only when/);
  assert.deepEqual(await app.starts(), []);
  writeFileSync(archive, whole);
  rig.aheadMs += hourMs;
  await told(rig, next);
  await told(rig, next);
  assert.deepEqual(await app.starts(), ['one one', 'one one'], 'release 1, then 3');
  await app.assertSettled(next, 'one', 'release 3');
});

test('no room for what is unpacked: nothing was stopped, nothing is left', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  await app.twoReleases();
  await app.write('one');
  writeFileSync(path.join(await app.place('more'), 'large'), randomBytes(24 << 20));
  await rig.pass([app.release('3')]);
  await app.write('two');
  const [{ id = '' } = {}] = (await rig.store.memory(0)).backups?.get(rig.project) ?? [];
  const wanted = app.asked('3', id);
  const { Id } = await rig.inspect(`${rig.project}-app-1`);
  const since = async () => (await rig.inspect(Id)).State.StartedAt;
  const started = await since();
  let sizeMiB = 1;
  // A file system of its own for each fresh volume.
  const engine: Engine = {
    async call(request, signal) {
      const body = fieldsOf(request.body);
      if (request.path !== '/volumes/create' || !String(body.Name).endsWith('-fresh'))
        return await rig.engine.call(request, signal);
      const DriverOpts = { type: 'tmpfs', device: 'tmpfs', o: `size=${sizeMiB}m` };
      return await rig.engine.call({ ...request, body: { ...body, DriverOpts } }, signal);
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  const full = async (when: string) => {
    const result = await told(rig, wanted, { engine });
    assert.deepEqual([result.code, result.state], ['RESTORE_NO_SPACE', 'degraded'], JSON.stringify(result));
    assert.deepEqual(await app.rows(), ['two', 'two'], when);
    assert.equal(await since(), started, when);
    assert.deepEqual(await besideOf(rig), [], when);
    rig.aheadMs += hourMs;
  };
  await full('by the look at it');
  sizeMiB = 18;
  const manifest = path.join(rig.room.backupDirectory, rig.project, id, 'manifest.json');
  // More than it says, which the look at the room cannot know.
  writeFileSync(
    manifest,
    readFileSync(manifest, 'utf8').replaceAll(/"contentBytes":\s*\d+/g, '"contentBytes":1'),
  );
  await full('while it is unpacked');
  await told(rig, wanted);
  await app.assertSettled(wanted, 'one', 'with room');
});
