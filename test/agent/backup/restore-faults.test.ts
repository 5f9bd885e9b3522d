/** What goes wrong between the two halves of a restore: it says so, and the app has its data, or waits for it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { beforeExchange, besideOf, told } from './told-restore.ts';
import { TwoVolumes } from './two-volumes.ts';

const hourMs = 60 * 60_000;
const images = await sharedImages();

const stateOf = async (rig: DeviceRig) => (await rig.inspect(`${rig.project}-app-1`)).State.Status;

test('somebody else who takes a volume before it is exchanged: the app runs on with what it has, and later it is put back', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  const name = `${rig.project}-stranger`;
  const comes = async () => {
    const body = { Image: images.worker, HostConfig: { Binds: [`${rig.project}_more:/more`] } };
    await rig.post('/containers/create', { name }, body);
    await rig.post(`/containers/${name}/start`);
  };
  const busy = await told(rig, wanted, beforeExchange(comes));
  assert.deepEqual([busy.code, busy.state], ['RESTORE_IN_USE', 'degraded'], JSON.stringify(busy));
  assert.match(busy.message ?? '', /tried again in 30 s/);
  assert.equal(await stateOf(rig), 'running');
  assert.deepEqual(await app.rows(), ['two', 'two']);
  assert.deepEqual(await besideOf(rig), []);
  await rig.delete(`/containers/${name}`);
  rig.aheadMs += hourMs;
  await told(rig, wanted);
  await app.assertSettled(wanted, 'one', 'when the other one is gone');
});

test('behind the end of an archive there may be more zeros than a pipe holds', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const id = await app.twoReleases();
  const folder = path.join(rig.room.backupDirectory, rig.project, id);
  const [archive, file] = [path.join(folder, 'data.tar.zst'), path.join(folder, 'manifest.json')];
  const bytes = zstdCompressSync(
    Buffer.concat([zstdDecompressSync(readFileSync(archive)), Buffer.alloc(1 << 20)]),
  );
  writeFileSync(archive, bytes);
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const volumes = manifest.volumes.map((volume: { file: string }) =>
    volume.file !== 'data.tar.zst'
      ? volume
      : { ...volume, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
  );
  writeFileSync(file, JSON.stringify({ ...manifest, volumes }));
  const wanted = app.asked('2', id);
  const result = await told(rig, wanted);
  assert.equal(result.state, 'healthy', JSON.stringify(result));
  await rig.pass([wanted]);
  await app.assertSettled(wanted, 'one', 'with zeros behind it');
});

test('of a note one copy may be damaged; with both nothing starts, and the code says so', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  const cut = async () => {
    throw new Error('cut off');
  };
  await rig.pass([wanted], beforeExchange(cut)).catch(() => undefined);
  const file = path.join(rig.stateDirectory, 'projects', rig.project, 'restore');
  const note = readFileSync(file);
  for (const damaged of [file, `${file}.copy`]) truncateSync(damaged, statSync(damaged).size - 9);
  for (const { Id } of await rig.containers()) await rig.post(`/containers/${Id}/stop`, { t: 0 });
  rig.restart();
  const marked = await told(rig, wanted);
  assert.deepEqual([marked.code, marked.state], ['RESTORE_MARK', 'failed'], JSON.stringify(marked));
  assert.notEqual(await stateOf(rig), 'running');
  writeFileSync(`${file}.copy`, note);
  rig.restart();
  rig.aheadMs += hourMs;
  await told(rig, wanted);
  await app.assertSettled(wanted, 'one', 'by the copy that is whole');
});

test('a note that cannot be removed once all is exchanged: it says so, the data is in place, and is put back once', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  const file = path.join(rig.stateDirectory, 'projects', rig.project, 'restore');
  await using mounts = new AsyncDisposableStack();
  // What is mounted cannot be removed: by the kernel's word.
  const hold = () => {
    for (const each of [file, `${file}.copy`]) {
      execFileSync('mount', ['--bind', each, each]);
      mounts.defer(() => void execFileSync('umount', [each]));
    }
  };
  const engine: Engine = {
    async call(request, signal) {
      const answer = await rig.engine.call(request, signal);
      if (JSON.stringify(request.body ?? '').includes('exchange')) hold();
      return answer;
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  const held = await told(rig, wanted, { engine });
  assert.notEqual(held.state, 'healthy', JSON.stringify(held));
  assert.match(held.message ?? '', /EBUSY/);
  assert.deepEqual(await app.rows(), ['one', 'one']);
  await mounts.disposeAsync();
  rig.restart();
  rig.aheadMs += hourMs;
  await told(rig, wanted);
  await app.assertSettled(wanted, 'one', 'once it can be removed');
  await app.write('later');
  rig.aheadMs += hourMs;
  await told(rig, wanted);
  assert.deepEqual(await app.rows(), ['later', 'later']);
  for (const line of await app.starts()) assert.match(line, /^(\w+) \1$/);
});
