/** Services whose containers are replaced one at a time, on a real engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { Step } from '../../../core/plan/step.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { serving } from '../../rig/serving.ts';

const images = await sharedImages();

function app(rig: DeviceRig, level: string, web: Services[string] = {}): DesiredProject {
  const environment = { LEVEL: level };
  return makeProject(rig.project, {
    services: { web: { image: images.worker, restart: 'always', scale: 3, environment, ...web } },
    update: { strategy: 'rolling', stablePeriodMs: 300, healthTimeoutMs: 30_000 },
  });
}

/** Counts after each step how many serve. */
function counting(rig: DeviceRig) {
  const counts: number[] = [];
  const around = async (_: Step, run: () => Promise<void>) => {
    await run();
    counts.push((await serving(rig)).length);
  };
  return { counts, around };
}

test('of three containers never more than one is away, and the last goes only when the others are well', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const { counts, around } = counting(rig);
  const { outcome } = await rig.pass([app(rig, '2')], { around });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal(Math.min(...counts), 2);
  assert.deepEqual(await serving(rig), ['LEVEL=2', 'LEVEL=2', 'LEVEL=2']);
  assert.deepEqual((await rig.plan([app(rig, '2')])).steps, []);
});

test('one that does not get well ends it: the others were never touched, and it comes back as it was', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const seen = async (number: number) => {
    const { Id, State } = await rig.inspect(`${rig.project}-web-${number}`);
    return [Id, State.StartedAt];
  };
  const before = [await seen(2), await seen(3)];
  const { counts, around } = counting(rig);
  const { outcome } = await rig.pass([app(rig, '2', { image: images.unhealthy })], { around });
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.match(outcome.projects[0]?.message ?? '', /web is unhealthy/);
  assert.equal(Math.min(...counts), 2);
  assert.deepEqual([await seen(2), await seen(3)], before);
  assert.deepEqual(await serving(rig), ['LEVEL=1', 'LEVEL=1', 'LEVEL=1']);
  assert.equal((await rig.containers()).length, 3);
});
