/** One app cannot stop the passes of a device by what it does to its own files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiskView } from '../../../agent/runtime/engine/disk-view.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

for (const [what, lockFile] of [
  ['a path through a file', '/bin/busybox/lock'],
  ['a name that no disk takes', `/${'l'.repeat(300)}`],
] as const) {
  test(`a lock file that the engine refuses to look for (${what}) holds neither its app nor another one`, async () => {
    await using rig = await DeviceRig.start();
    const make = (v: string) => [
      makeProject(`${rig.project}a`, { services: { app: worker({ labels: { v } }) } }),
      makeProject(`${rig.project}b`, { services: { app: worker({ labels: { v } }) }, update: { lockFile } }),
    ];
    await rig.pass(make('1'));
    const { outcome } = await rig.pass(make('2'));
    assert.deepEqual(
      outcome.projects.map(({ state }) => state),
      ['healthy', 'healthy'],
    );
    const refused: string[] = [];
    const view = createDiskView(
      {
        engine: rig.engine,
        folders: rig,
        projects: make('2'),
        onRefused: (project, message) => refused.push(`${project}: ${message}`),
      },
      rig.signal,
    );
    assert.equal(await view.locked(`${rig.project}b`), false);
    assert.match(refused[0] ?? '', /^rig\w+b: lock file \//);
  });
}

test('an engine that does not answer is not taken for a lock that is not there', async () => {
  const gone = new TowlineError('ENGINE_UNREACHABLE', 'the engine does not answer');
  const engine = { call: () => Promise.reject(gone), stream: () => Promise.reject(gone) };
  const project = makeProject('pump', {
    services: { app: { image: 'pump' } },
    update: { lockFile: '/lock' },
  });
  const { signal } = new AbortController();
  const view = createDiskView(
    { engine, folders: { stateDirectory: '/nowhere' }, projects: [project] },
    signal,
  );
  await assert.rejects(view.locked('pump'), { code: 'ENGINE_UNREACHABLE' });
});
