/** What a pass has begun it ends, or goes back at once: a step that was left out is no success. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TowlineError } from '../../../core/errors.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import type { Step } from '../../../core/plan/step.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

function make(name: string, services: Services) {
  return makeProject(name, { services });
}

async function imageOf(rig: DeviceRig, name: string): Promise<string | undefined> {
  return (await rig.containers()).find(({ Names }) => Names.includes(`/${name}`))?.Image;
}

test('a hold that comes during an update that fails does not keep the unhealthy version', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([make(rig.project, { app: worker() })]);
  const bad = make(rig.project, { app: { image: images.unhealthy, restart: 'always' } });
  const { outcome } = await rig.pass([bad], {
    around: async (step, run) => {
      if (step.kind === 'wait-healthy') await rig.store.hold(Date.now() + 3_600_000);
      await run();
    },
  });
  assert.equal(outcome.outcome, 'rolled-back');
  assert.equal(await imageOf(rig, `${rig.project}-app-1`), images.worker);
});

test('what stands in the way of going back is said, and nobody is told that it went back', async () => {
  await using rig = await DeviceRig.start();
  const [first, second] = [`${rig.project}a`, `${rig.project}b`];
  const port = 20_000 + (process.pid % 10_000);
  const ports = [
    { mode: 'ingress', host_ip: '127.0.0.1', target: 80, published: String(port), protocol: 'tcp' },
  ];
  await rig.pass([make(first, { app: worker({ ports }) }), make(second, { app: worker() })]);
  const { outcome } = await rig.pass([
    make(first, { app: { image: images.unhealthy, restart: 'always' } }),
    make(second, { app: worker({ ports }) }),
  ]);
  assert.deepEqual(
    outcome.projects.map(({ state }) => state),
    ['failed', 'healthy'],
  );
  assert.match(
    outcome.projects[0]?.message ?? '',
    /app is unhealthy; and going back failed: port \d+\/tcp .* is taken/,
  );
});

/** The first step of a kind meets a request of somebody else. */
function conflictOnce(kind: Step['kind'], meanwhile: () => Promise<unknown> = async () => undefined) {
  let met = false;
  return async (step: Step, run: () => Promise<void>) => {
    if (step.kind === kind && !met) {
      met = true;
      await meanwhile();
      throw new TowlineError('ENGINE_STALE', 'conflict', {
        cause: new TowlineError('ENGINE_REFUSED', 'conflict', { details: { status: 409 } }),
      });
    }
    await run();
  };
}

test('an update that a person wants now, outside of the window, is not taken back where a step is tried again', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([make(rig.project, { app: worker() })]);
  const next = make(rig.project, { app: { image: images.web, restart: 'always' } });
  const urgent = makeDesired(rig.device, [next]);
  const month = new Date().getUTCMonth() === 5 ? 12 : 6;
  const windows = [{ start: `0 3 1 ${month} *`, durationMs: 60_000, timeZone: 'UTC' }];
  const observed = await rig.observe([rig.project]);
  const plan = planDevice({ desired: urgent, observed, memory: await rig.store.memory(Date.now()) });
  const desired = { ...urgent, settings: { ...urgent.settings, windows } };
  const { outcome } = await rig.pass([next], {
    plan,
    observed,
    desired,
    around: conflictOnce('rename-container'),
  });
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  assert.equal(outcome.projects[0]?.digest, next.digest);
  assert.equal(await imageOf(rig, `${rig.project}-app-1`), images.web);
});

test('an update whose next try is left out, as a stranger has taken a name, is no success and not set aside', async () => {
  await using rig = await DeviceRig.start();
  const good = make(rig.project, { app: worker() });
  await rig.pass([good]);
  const next = make(rig.project, { app: worker({ labels: { v: '2' } }), side: worker() });
  const name = `${rig.project}-side-1`;
  const { outcome } = await rig.pass([next], {
    parallelSteps: 1,
    around: conflictOnce('rename-container', async () => {
      await rig.delete(`/containers/${name}`).catch(() => undefined);
      await rig.post('/containers/create', { name }, { Image: images.worker });
    }),
  });
  assert.deepEqual(
    [outcome.projects[0]?.state, outcome.projects[0]?.code, outcome.projects[0]?.setAside],
    ['degraded', 'ENGINE_NAME_TAKEN', undefined],
    JSON.stringify(outcome),
  );
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.deepEqual((await rig.plan([good])).steps, []);
});
