/** Services that take over while their predecessors serve, on a real engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import type { DesiredProject, UpdateSettings } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Step } from '../../../core/plan/step.ts';
import { ensureEngine } from '../../../lab/machine/engine.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { upgradeProxied } from '../../../lab/rig/proxied-app.ts';
import { proxiedImages } from '../../../lab/rig/proxied-images.ts';
import { isLong, samplesOf } from '../../rig/every.ts';
import { serving } from '../../rig/serving.ts';

const images = await sharedImages();

const update = { strategy: 'handover', stablePeriodMs: 300, healthTimeoutMs: 30_000 } as const;

function app(
  rig: DeviceRig,
  level: string,
  web: Services[string] = {},
  settings: Partial<UpdateSettings> = {},
): DesiredProject {
  return makeProject(rig.project, {
    services: { web: { image: images.worker, restart: 'always', environment: { LEVEL: level }, ...web } },
    update: { ...update, ...settings },
  });
}

async function policyOf(rig: DeviceRig, name: string): Promise<string | undefined> {
  return (await rig.inspect(name)).HostConfig.RestartPolicy?.Name;
}

test('the old container serves until the new one is well under the same names, then one is left', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const seen: string[] = [];
  const around = async (step: Step, run: () => Promise<void>) => {
    await run();
    seen.push(`${step.kind}: ${(await serving(rig)).join(' ')}`);
  };
  const { outcome } = await rig.pass([app(rig, '2')], { around });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual(seen, [
    'create-container: LEVEL=1',
    'start-container: LEVEL=1',
    'wait-ready: LEVEL=1',
    'take-names: LEVEL=1 LEVEL=2',
    'wait-ready: LEVEL=1 LEVEL=2',
    'take-restart: LEVEL=1 LEVEL=2',
    'stop-container: LEVEL=2',
    'remove-container: LEVEL=2',
    'rename-container: LEVEL=2',
    'wait-healthy: LEVEL=2',
  ]);
  assert.deepEqual((await rig.plan([app(rig, '2')])).steps, []);
  assert.equal(await policyOf(rig, `${rig.project}-web-1`), 'always');
});

/** A pass that ends for good before its nth step, or in the middle of it. @returns whether it did */
async function killedAt(
  rig: DeviceRig,
  project: DesiredProject,
  at: number,
): Promise<Step['kind'] | undefined> {
  const killer = new AbortController();
  let count = 0;
  let kind: Step['kind'] | undefined;
  const around = async (step: Step, run: () => Promise<void>) => {
    killer.signal.throwIfAborted();
    await run();
    if (++count !== at) return;
    kind = step.kind;
    killer.abort(new Error('killed'));
  };
  await rig.pass([project], { signal: killer.signal, around }).catch(error => {
    if (!killer.signal.aborted) throw error;
  });
  rig.restart();
  return kind;
}

test('cut off after any step, somebody serves all the time, and the next pass ends with one', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '0')]);
  for (const at of samplesOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)) {
    const next = app(rig, String(at));
    const kind = await killedAt(rig, next, at);
    const gaps: string[] = [];
    const around = async (step: Step, run: () => Promise<void>) => {
      if ((await serving(rig)).length === 0) gaps.push(step.kind);
      await run();
    };
    const { outcome } = await rig.pass([next], { around });
    assert.match(outcome.outcome, /^(applied|unchanged)$/, `${kind}: ${JSON.stringify(outcome)}`);
    assert.deepEqual(gaps, [], `after ${kind}`);
    assert.deepEqual(await serving(rig), [`LEVEL=${at}`]);
    assert.deepEqual((await rig.plan([next])).steps, [], kind);
    assert.equal((await rig.containers()).length, 1, kind);
    assert.equal(await policyOf(rig, `${rig.project}-web-1`), 'always');
  }
});

test('a successor that does not get well is removed, and the old one was never touched', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const name = `${rig.project}-web-1`;
  const old = await rig.inspect(name);
  const bad: [Services[string], RegExp][] = [
    [{ image: images.unhealthy }, /web is unhealthy/],
    [{ image: images.crashing }, /web ended with 3/],
    [{ command: ['/no/such'] }, /no such file/],
  ];
  for (const [change, why] of bad) {
    const { outcome } = await rig.pass([app(rig, '2', change)]);
    assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
    assert.match(outcome.projects[0]?.message ?? '', why);
    const now = await rig.inspect(name);
    assert.deepEqual([now.Id, now.State.StartedAt], [old.Id, old.State.StartedAt]);
    assert.deepEqual(await serving(rig), ['LEVEL=1']);
    assert.equal((await rig.containers()).length, 1);
  }
});

test('a successor that ends while it is about to follow is removed, and the old one was never touched', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const name = `${rig.project}-web-1`;
  const old = await rig.inspect(name);
  const around = async (step: Step, run: () => Promise<void>) => {
    if (step.kind === 'take-restart')
      for (const { Id } of await rig.containers())
        if (Id !== old.Id)
          await rig.engine.call({ method: 'POST', path: `/containers/${Id}/kill` }, rig.signal);
    await run();
  };
  const { outcome } = await rig.pass([app(rig, '2')], { around });
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.match(outcome.projects[0]?.message ?? '', /web was well under its names, and is exited/);
  const now = await rig.inspect(name);
  assert.deepEqual([now.Id, now.State.StartedAt], [old.Id, old.State.StartedAt]);
  assert.equal((await rig.containers()).length, 1);
});

test('a disk of the engine that is full says nothing against the successor: it is tried again, not set aside', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const full = new TowlineError('ENGINE_REFUSED', 'write /hosts: no space left on device', {
    details: { status: 500 },
  });
  const engine: Engine = {
    call: (request, signal) =>
      request.path.endsWith('/start') ? Promise.reject(full) : rig.engine.call(request, signal),
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  const { outcome } = await rig.pass([app(rig, '2')], { engine });
  const [told] = outcome.projects;
  assert.deepEqual([told?.state, told?.code, told?.setAside], ['degraded', 'ENGINE_DISK_FULL', undefined]);
  assert.match(told?.message ?? '', /tried again in 30 s/);
  assert.deepEqual(await serving(rig), ['LEVEL=1']);
  rig.aheadMs += 60_000;
  assert.equal((await rig.pass([app(rig, '2')])).outcome.outcome, 'applied');
  assert.deepEqual(await serving(rig), ['LEVEL=2']);
});

test('a check that never passes ends with the time that the app has for it', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  const slow = { healthcheck: { test: ['CMD', '/bin/false'], interval: '1h', retries: 3 } };
  const { outcome } = await rig.pass([app(rig, '2', slow, { healthTimeoutMs: 1_500 })]);
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.match(outcome.projects[0]?.message ?? '', /has not passed its health check yet after 2 s/);
  assert.deepEqual(await serving(rig), ['LEVEL=1']);
});

test('of two the second successor ends: the first goes back as it came, and the old second was never touched', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1', { scale: 2 })]);
  const second = await rig.inspect(`${rig.project}-web-2`);
  const known = new Set((await rig.containers()).map(({ Id }) => Id));
  const counts: number[] = [];
  const around = async (step: Step, run: () => Promise<void>) => {
    if (step.kind === 'take-restart' && step.number === 2)
      for (const { Id, Names } of await rig.containers())
        if (!known.has(Id) && Names.some(name => name.includes('web-2')))
          await rig.engine.call({ method: 'POST', path: `/containers/${Id}/kill` }, rig.signal);
    await run();
    counts.push((await serving(rig)).length);
  };
  const { outcome } = await rig.pass([app(rig, '2', { scale: 2 })], { around });
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.ok(Math.min(...counts) >= 2, counts.join(' '));
  assert.deepEqual(await serving(rig), ['LEVEL=1', 'LEVEL=1']);
  assert.equal((await rig.containers()).length, 2);
  const now = await rig.inspect(`${rig.project}-web-2`);
  assert.deepEqual([now.Id, now.State.StartedAt], [second.Id, second.State.StartedAt]);
});

test('behind HAProxy, under steady requests, upgrades let none fail', async () => {
  await using rig = await DeviceRig.start();
  const { socket } = await ensureEngine();
  const count = isLong ? 10 : 1;
  const how = { strategy: 'handover', scale: 1, count, perSecond: 50 } as const;
  const seen = await upgradeProxied(rig, await proxiedImages(socket), how, rig.signal);
  assert.deepEqual([seen.failed, seen.reasons], [0, []]);
  assert.ok(seen.answered > 50 * count);
});
