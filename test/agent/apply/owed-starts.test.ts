/** Most servers end with 0 when they are stopped: what this device stopped must never look like a one-shot that is done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { StepKind } from '../../../core/plan/step.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

/** Compose's default restart policy: none. It ends with 0 on SIGTERM. */
const plain = (extra: Services[string] = {}) => ({ image: images.worker, ...extra });

type Update = (name: string) => readonly [DesiredProject, DesiredProject];

const failing: Readonly<Record<string, Update>> = {
  'a service was renamed and is unhealthy': name => [
    makeProject(name, { services: { app: plain(), other: plain() } }),
    makeProject(name, { services: { renamed: { image: images.unhealthy }, other: plain() } }),
  ],
  'all was stopped first and a container cannot be made': name => {
    const make = (app: Services[string], other: Services[string]) =>
      makeProject(name, {
        services: { app: plain(app), other: plain(other) },
        update: { strategy: 'stop-first' },
      });
    return [make({}, {}), make({ labels: { v: '2' } }, { runtime: 'nonesuch' })];
  },
  'one service was scaled down and another one is unhealthy': name => [
    makeProject(name, { services: { app: plain({ scale: 2 }), other: plain() } }),
    makeProject(name, { services: { app: plain({ scale: 1 }), other: { image: images.unhealthy } } }),
  ],
};

async function notRunning(rig: DeviceRig): Promise<string[]> {
  return (await rig.containers()).filter(({ State }) => State !== 'running').map(({ Names }) => Names.join());
}

for (const [what, make] of Object.entries(failing)) {
  test(`an update that fails leaves no service without a restart policy down: ${what}`, async () => {
    await using rig = await DeviceRig.start();
    const [good, bad] = make(rig.project);
    assert.equal((await rig.pass([good])).outcome.outcome, 'applied');
    const count = (await rig.containers()).length;
    assert.equal((await rig.pass([bad])).outcome.outcome, 'rolled-back');
    assert.deepEqual([(await rig.containers()).length, await notRunning(rig)], [count, []]);
    assert.deepEqual((await rig.plan([good])).steps, []);
    assert.equal((await rig.store.record(rig.project)).starting, undefined);
  });
}

/** A pass that is killed when its first step of this kind has ended, as far as a store on the disk can tell. */
async function killedAfter(rig: DeviceRig, projects: readonly DesiredProject[], kind: StepKind) {
  const kill = new AbortController();
  const pass = rig.pass(projects, {
    signal: kill.signal,
    parallelSteps: 1,
    around: async (step, run) => {
      kill.signal.throwIfAborted();
      await run();
      if (step.kind === kind) kill.abort(new Error('killed'));
    },
  });
  await assert.rejects(pass, /killed/);
  rig.restart();
}

test('an update that is killed after it has stopped a service, and taken back by its author, leaves the service up', async () => {
  await using rig = await DeviceRig.start();
  const make = (services: Services) => makeProject(rig.project, { services });
  const good = make({ app: plain(), other: plain() });
  await rig.pass([good]);
  await killedAfter(rig, [make({ other: plain() })], 'stop-container');
  assert.equal((await notRunning(rig)).length, 1);
  assert.equal((await rig.pass([good])).outcome.outcome, 'applied');
  assert.deepEqual(await notRunning(rig), []);
});

test('the removal of an app that is killed half-way, and taken back by its author, leaves its services up', async () => {
  await using rig = await DeviceRig.start();
  const good = makeProject(rig.project, { services: { app: plain(), other: plain() } });
  await rig.pass([good]);
  await killedAfter(rig, [], 'stop-container');
  assert.equal((await notRunning(rig)).length, 1);
  assert.equal((await rig.pass([good])).outcome.outcome, 'applied');
  assert.deepEqual(await notRunning(rig), []);
});

test('nothing is owed any more when an update has gone well, also on the disk', async () => {
  await using rig = await DeviceRig.start();
  const make = (services: Services) => makeProject(rig.project, { services });
  await rig.pass([make({ app: plain(), other: plain() })]);
  await rig.pass([make({ app: plain({ labels: { v: '2' } }) })]);
  rig.restart();
  assert.equal((await rig.store.record(rig.project)).starting, undefined);
});
