/** Writes lost that were not fsynced: after a power cut at any step, the next pass converges. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { UpdateSettings } from '../../../core/desired/state.ts';
import { writeDurably } from '../../../core/io/file/durable-file.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { ForgetfulDisk } from './forgetful-disk.ts';

const images = await sharedImages();

test('the forgetful disk forgets what was not fsynced, and keeps what was', async () => {
  await using rig = await DeviceRig.start();
  using disk = new ForgetfulDisk(rig.stateDirectory);
  const at = (name: string) => path.join(rig.stateDirectory, name);
  await writeDurably(at('deep/er/kept'), 'old');
  const handle = await open(at('deep/er/loose'), 'w');
  await handle.writeFile('never synced');
  await handle.close();
  await rename(at('deep/er/loose'), at('deep/er/kept'));
  await mkdir(at('folder'));
  disk.cut();
  assert.equal(readFileSync(at('deep/er/kept'), 'utf8'), 'old');
  assert.equal(existsSync(at('folder')), false);
});

test('the power gone at any fsync, and all that was not fsynced with it: the next pass converges', async () => {
  await using rig = await DeviceRig.start();
  using disk = new ForgetfulDisk(rig.stateDirectory);
  const state = (content: string, strategy: UpdateSettings['strategy']) =>
    makeProject(rig.project, {
      services: {
        app: {
          image: images.worker,
          restart: 'always',
          configs: [{ source: 'app', target: '/etc/app.conf' }],
          volumes: [
            { type: 'bind', source: '/project/www', target: '/srv', read_only: true, bind: {} },
            { type: 'volume', target: '/data', volume: {} },
          ],
        },
      },
      configs: { app: { content } },
      files: { 'www/deep/index.html': content },
      update: { strategy, stablePeriodMs: 0 },
    });
  const name = `${rig.project}-app-1`;
  const volumeOf = async () =>
    (await rig.inspect(name)).Mounts?.find(({ Destination }) => Destination === '/data')?.Name;
  await rig.pass([state('0', 'recreate')]);
  const volume = await volumeOf();
  for (let fsync = 1; ; fsync++) {
    const project = state(String(fsync), fsync % 2 === 0 ? 'recreate' : 'stop-first');
    const killer = new AbortController();
    disk.endAt(fsync, () => killer.abort(new Error('the power is gone')));
    await rig
      .pass([project], { signal: killer.signal })
      .catch(error => assert.ok(killer.signal.aborted, String(error)));
    disk.cut();
    rig.restart();
    // What is there goes on with the files that it was made with, whole.
    const here = await rig.containers();
    for (const { Id, State } of here) {
      if (State === 'running') await rig.post(`/containers/${Id}/restart`, { t: 0 });
    }
    const { outcome } = await rig.pass([project]);
    assert.match(outcome.outcome, /^(applied|unchanged)$/, `${fsync}: ${JSON.stringify(outcome)}`);
    assert.deepEqual((await rig.plan([project])).steps, [], String(fsync));
    const script = `test "$(cat /etc/app.conf)" = ${fsync} && test "$(cat /srv/deep/index.html)" = ${fsync}`;
    assert.equal(await rig.exec(name, ['/bin/sh', '-c', script]), 0);
    assert.equal((await rig.containers()).length, 1);
    assert.equal(await volumeOf(), volume);
    if (!killer.signal.aborted) break;
    assert.ok(fsync < 60);
  }
  assert.ok(disk.forgotten > 0, 'the disk has forgotten nothing: the test is idle');
});
