/** While an update waits (window, lock file, pause, hold): what is mended, what is removed, what is left alone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MountModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

function make(rig: DeviceRig, level: string, lockFile?: string): DesiredProject {
  return makeProject(rig.project, {
    services: { app: worker({ environment: { LEVEL: level }, mem_limit: '64000000' }) },
    update: { stablePeriodMs: 0, ...(lockFile === undefined ? {} : { lockFile }) },
  });
}

/** One minute a year, on a day that is not today. */
function shut(rig: DeviceRig, projects: readonly DesiredProject[]): DesiredState {
  const month = new Date().getUTCMonth() === 5 ? 12 : 6;
  const desired = makeDesired(rig.device, projects);
  const windows = [{ start: `0 3 1 ${month} *`, durationMs: 60_000, timeZone: 'UTC' }];
  return { ...desired, settings: { ...desired.settings, windows } };
}

function paused(rig: DeviceRig, projects: readonly DesiredProject[]): DesiredState {
  const desired = makeDesired(rig.device, projects);
  return { ...desired, settings: { ...desired.settings, paused: true } };
}

async function levelOf(rig: DeviceRig, level: string): Promise<void> {
  assert.equal(await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', `test "$LEVEL" = ${level}`]), 0);
}

/** What is done by hand, and what the next pass says of it. */
const drifts: Readonly<
  Record<string, { harm: (rig: DeviceRig, name: string) => Promise<unknown>; reason: RegExp }>
> = {
  'stopped by hand': {
    harm: (rig, name) => rig.post(`/containers/${name}/stop`),
    reason: /^start-container: not running/,
  },
  'removed by hand': {
    harm: (rig, name) => rig.delete(`/containers/${name}`),
    reason: /^create-container: not there yet/,
  },
  'renamed by hand': {
    harm: (rig, name) => rig.post(`/containers/${name}/rename`, { name: `${name}-elsewhere` }),
    reason: /^rename-container: its name was/,
  },
  'given another limit by hand': {
    harm: (rig, name) =>
      rig.post(`/containers/${name}/update`, {}, { Memory: 128_000_000, MemorySwap: 256_000_000 }),
    reason: /^create-container: changed on the device: memory limit is/,
  },
};

test('outside of the maintenance windows drift is mended from the last good state; the update waits', async () => {
  await using rig = await DeviceRig.start();
  const [good, next] = [make(rig, '1'), make(rig, '2')];
  const first = await rig.pass([good], { desired: shut(rig, [good]) });
  assert.equal(first.outcome.outcome, 'applied', 'a first installation waits for no window');
  for (const [what, { harm, reason }] of Object.entries(drifts)) {
    await harm(rig, `${rig.project}-app-1`);
    const { outcome, reasons } = await rig.pass([next], { desired: shut(rig, [next]) });
    assert.ok(
      reasons.some(text => reason.test(text)),
      `${what}: ${reasons.join('; ')}`,
    );
    assert.equal(outcome.projects[0]?.state, 'waiting', what);
    assert.match(outcome.projects[0]?.message ?? '', /maintenance window/);
    await levelOf(rig, '1');
    assert.deepEqual((await rig.plan([next], shut(rig, [next]))).steps, [], what);
  }
  assert.equal((await rig.pass([next])).outcome.outcome, 'applied');
  await levelOf(rig, '2');
});

test('while the lock file is held drift is mended from the last good state; the update waits', async () => {
  await using rig = await DeviceRig.start();
  // The file outlives the container: it lies in a volume.
  const locked = (level: string) => {
    const volumes: MountModel[] = [{ type: 'volume', source: 'data', target: '/data', volume: {} }];
    return makeProject(rig.project, {
      services: {
        app: worker({ environment: { LEVEL: level }, mem_limit: '64000000', volumes }),
        side: worker(),
      },
      volumes: { data: {} },
      update: { stablePeriodMs: 0, lockFile: '/data/lock' },
    });
  };
  const [good, next] = [locked('1'), locked('2')];
  await rig.pass([good]);
  await rig.exec(`${rig.project}-app-1`, ['/bin/touch', '/data/lock']);
  for (const [what, { harm, reason }] of Object.entries(drifts)) {
    // With the container that holds it a lock is gone: another one's is removed.
    const service = what === 'removed by hand' ? 'side' : 'app';
    await harm(rig, `${rig.project}-${service}-1`);
    const { outcome, reasons } = await rig.pass([next]);
    assert.ok(
      reasons.some(text => reason.test(text)),
      `${what}: ${reasons.join('; ')}`,
    );
    assert.equal(outcome.projects[0]?.state, 'waiting', `${what}: ${JSON.stringify(outcome)}`);
    await levelOf(rig, '1');
  }
  await rig.exec(`${rig.project}-app-1`, ['/bin/rm', '/data/lock']);
  assert.equal((await rig.pass([next])).outcome.outcome, 'applied');
});

const places: Readonly<Record<string, { volumes: MountModel[]; data: boolean }>> = {
  'a volume': { volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }], data: true },
  'a folder that is mounted': {
    volumes: [{ type: 'bind', source: '/project/data', target: '/data', bind: { create_host_path: true } }],
    data: false,
  },
};

for (const [place, { volumes, data }] of Object.entries(places)) {
  test(`a lock file in ${place} holds the update, also of an app whose container is stopped`, async () => {
    await using rig = await DeviceRig.start();
    const name = `${rig.project}-app-1`;
    const made = (level: string) =>
      makeProject(rig.project, {
        // Ends well and stays so: only then does it stay stopped.
        services: {
          app: {
            image: images.worker,
            environment: { LEVEL: level },
            command: ['/bin/sh', '-c', 'touch /data/lock'],
            volumes,
          },
        },
        volumes: data ? { data: {} } : {},
        update: { stablePeriodMs: 0, lockFile: '/data/lock' },
      });
    await rig.pass([made('1')]);
    const { Id, State } = await rig.inspect(name);
    assert.equal(State.Status, 'exited');
    const held = await rig.pass([made('2')]);
    assert.deepEqual([held.outcome.outcome, held.reasons], ['waiting', []]);
    assert.equal((await rig.inspect(name)).Id, Id);
    const running = makeProject(rig.project, {
      services: { app: worker({ volumes }) },
      volumes: data ? { data: {} } : {},
      update: { stablePeriodMs: 0 },
    });
    // Without a lock file it is free; once it runs, the same file holds the next update.
    assert.equal((await rig.pass([running])).outcome.outcome, 'applied');
    assert.equal((await rig.pass([made('3')])).outcome.outcome, 'waiting');
    await rig.exec(name, ['/bin/rm', '/data/lock']);
    assert.equal((await rig.pass([made('3')])).outcome.outcome, 'applied');
  });
}

for (const [what, desired, hold] of [
  ['its window is shut', shut, false],
  ['the device is paused', paused, false],
  ['the device is held', (rig: DeviceRig) => makeDesired(rig.device, []), true],
] as const) {
  test(`an app that was removed from the fleet while ${what} keeps running, and goes afterwards; its volume stays`, async () => {
    await using rig = await DeviceRig.start();
    const project = makeProject(rig.project, {
      services: {
        app: worker({ volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }] }),
      },
      volumes: { data: {} },
      update: { stablePeriodMs: 0 },
    });
    await rig.pass([project]);
    if (hold) await rig.store.hold(Date.now() + 3_600_000);
    const { Id } = await rig.inspect(`${rig.project}-app-1`);
    const held = await rig.pass([], { desired: desired(rig, []) });
    assert.deepEqual(held.reasons, []);
    assert.match(held.outcome.projects[0]?.state ?? '', /^(?:waiting|paused|held)$/);
    assert.ok((held.outcome.projects[0]?.message ?? '').length > 0);
    const kept = await rig.inspect(`${rig.project}-app-1`);
    assert.deepEqual([kept.Id, kept.State.Status], [Id, 'running']);
    if (hold) await rig.store.hold(undefined);
    const gone = await rig.pass([]);
    assert.equal(gone.outcome.projects[0]?.state, 'removed');
    assert.deepEqual(await rig.containers(), []);
    const { volumes, networks } = await rig.observe([rig.project]);
    assert.ok(volumes.some(({ name }) => name === `${rig.project}_data`));
    assert.ok(!networks.some(({ owner }) => owner?.project === rig.project));
  });
}

test('a first installation does not wait for a lock file that stands in the image', async () => {
  await using rig = await DeviceRig.start();
  const { outcome } = await rig.pass([make(rig, '1', '/www/version')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal((await rig.pass([make(rig, '2', '/www/version')])).outcome.outcome, 'waiting');
});
