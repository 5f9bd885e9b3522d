/** What follows a service whose container is made anew, restarted, or started again: on the engine, step by step. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DependencyModel } from '../../../core/compose/value/model.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { strideOf } from '../../rig/every.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });
const restarting = (service: string): Record<string, DependencyModel> => ({
  [service]: { condition: 'service_started', required: true, restart: true },
});

const startedOf = async (rig: DeviceRig, service: string) =>
  (await rig.inspect(`${rig.project}-${service}-1`)).State.StartedAt;
const idOf = async (rig: DeviceRig, service: string) => (await rig.inspect(`${rig.project}-${service}-1`)).Id;

/** `web` restarts with `db`, `page` with `web`; `other` only waits for `db`. */
function chain(rig: DeviceRig, level: string) {
  return makeProject(rig.project, {
    services: {
      db: worker({ environment: { LEVEL: level } }),
      web: worker({ depends_on: restarting('db') }),
      page: worker({ depends_on: restarting('web') }),
      other: worker({ depends_on: { db: { condition: 'service_started', required: true } } }),
    },
    update: { stablePeriodMs: 0 },
  });
}

test('with restart: true a dependent, and who depends on it so, stops before its dependency and starts after it', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([chain(rig, '1')]);
  const before = { web: await idOf(rig, 'web'), other: await startedOf(rig, 'other') };
  const { outcome, plan } = await rig.pass([chain(rig, '2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual(
    plan.steps.flatMap(step =>
      step.kind === 'stop-container' || step.kind === 'start-container'
        ? [`${step.kind.slice(0, 5)} ${step.service}: ${step.reason}`]
        : [],
    ),
    [
      'stop- page: its dependency web was restarted',
      'stop- web: its dependency db was recreated',
      'stop- db: environment LEVEL changed',
      'start db: environment LEVEL changed',
      'start web: its dependency db was recreated',
      'start page: its dependency web was restarted',
    ],
  );
  const started = await Promise.all(['db', 'web', 'page'].map(service => startedOf(rig, service)));
  assert.deepEqual(started, [...started].sort());
  assert.deepEqual([await idOf(rig, 'web'), await startedOf(rig, 'other')], [before.web, before.other]);
  assert.deepEqual((await rig.plan([chain(rig, '2')])).steps, []);
});

test('a dependent with restart: true is left alone when its dependency was only found stopped and started', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([chain(rig, '1')]);
  const before = await startedOf(rig, 'web');
  await rig.post(`/containers/${rig.project}-db-1/stop`);
  await rig.pass([chain(rig, '1')]);
  assert.equal(await startedOf(rig, 'web'), before);
});

test('killed after any step, the next pass starts again what depends on the new container', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([chain(rig, '0')]);
  for (let steps = 1; ; steps += strideOf(7)) {
    const project = chain(rig, String(steps));
    const killer = new AbortController();
    let count = 0;
    const killed = await rig
      .pass([project], {
        signal: killer.signal,
        parallelSteps: 1,
        around: async (_, run) => {
          if (count >= steps) throw killer.signal.reason;
          await run();
          if (++count === steps) killer.abort(new Error('killed'));
        },
      })
      .then(
        () => false,
        () => true,
      );
    rig.restart();
    const { outcome } = await rig.pass([project]);
    assert.ok(['applied', 'unchanged'].includes(outcome.outcome), `${steps}: ${JSON.stringify(outcome)}`);
    const started = await Promise.all(['db', 'web', 'page'].map(service => startedOf(rig, service)));
    assert.deepEqual(started, [...started].sort(), `after ${steps} steps`);
    assert.equal((await rig.containers()).length, 4);
    assert.deepEqual((await rig.plan([project])).steps, []);
    if (!killed) break;
    assert.ok(steps < 20);
  }
});

test('what shares ipc, pid or volumes of a service is made anew with it', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, {
      services: {
        leader: worker({
          environment: { LEVEL: level },
          ipc: 'shareable',
          volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
        }),
        ipc: worker({ ipc: 'service:leader' }),
        pid: worker({ pid: 'service:leader' }),
        volumes: worker({ volumes_from: ['leader:ro'] }),
      },
      volumes: { data: {} },
      update: { stablePeriodMs: 0 },
    });
  await rig.pass([make('1')]);
  await rig.exec(`${rig.project}-leader-1`, ['/bin/touch', '/data/kept']);
  const old = await Promise.all(['ipc', 'pid', 'volumes'].map(service => idOf(rig, service)));
  const { outcome, reasons } = await rig.pass([make('2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal(reasons.filter(reason => reason === 'create-container: follows leader').length, 3);
  const leader = await idOf(rig, 'leader');
  for (const [index, service] of ['ipc', 'pid', 'volumes'].entries()) {
    const { Id, State, HostConfig } = await rig.inspect(`${rig.project}-${service}-1`);
    assert.notEqual(Id, old[index]);
    assert.equal(State.Status, 'running');
    const refers = [HostConfig.IpcMode, HostConfig.PidMode, ...(HostConfig.VolumesFrom ?? [])];
    assert.ok(
      refers.some(text => text?.includes(leader)),
      `${service}: ${refers.join()}`,
    );
  }
  const look = ['/bin/sh', '-c', 'ls /data/kept && ! touch /data/more'];
  assert.equal(await rig.exec(`${rig.project}-volumes-1`, look), 0);
  assert.deepEqual((await rig.plan([make('2')])).steps, []);
});

test('killed between the new leader and its followers, the next pass makes those anew that still refer to the old one', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, {
      services: {
        leader: worker({ environment: { LEVEL: level }, ipc: 'shareable' }),
        network: worker({ network_mode: 'service:leader' }),
        ipc: worker({ ipc: 'service:leader' }),
        volumes: worker({ volumes_from: ['leader:ro'] }),
      },
      update: { stablePeriodMs: 0 },
    });
  await rig.pass([make('1')]);
  const killer = new AbortController();
  const pass = rig.pass([make('2')], {
    signal: killer.signal,
    parallelSteps: 1,
    around: async (step, run) => {
      killer.signal.throwIfAborted();
      // Its followers are made only once the leader is there: none of them is.
      if (step.kind === 'create-container' && step.service !== 'leader') return;
      await run();
      if (step.kind === 'start-container' && step.service === 'leader') killer.abort(new Error('killed'));
    },
  });
  await assert.rejects(pass, /killed/);
  rig.restart();
  const { outcome, reasons } = await rig.pass([make('2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  for (const words of ['network_mode it shares', 'ipc it shares', 'volumes it has'])
    assert.ok(
      reasons.includes(`create-container: leader is another container now, whose ${words}`),
      reasons.join('; '),
    );
  assert.equal((await rig.containers()).length, 4);
  assert.deepEqual((await rig.plan([make('2')])).steps, []);
});

for (const [what, harm] of [
  ['a service that was found stopped', 'stop'],
  ['a service whose network is made anew', 'network'],
] as const) {
  test(`what shares the network of ${what} is restarted with it: it would have none`, async () => {
    await using rig = await DeviceRig.start();
    const make = (label: string) =>
      makeProject(rig.project, {
        services: {
          leader: worker({ networks: { back: null } }),
          side: worker({ network_mode: 'service:leader' }),
        },
        networks: { back: { labels: { label } } },
        update: { stablePeriodMs: 0 },
      });
    await rig.pass([make('1')]);
    const side = await idOf(rig, 'side');
    if (harm === 'stop') await rig.post(`/containers/${rig.project}-leader-1/stop`);
    const project = make(harm === 'network' ? '2' : '1');
    const { outcome, reasons } = await rig.pass([project]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
    assert.ok(reasons.includes('start-container: leader, whose namespace it shares, is started anew'));
    assert.equal(await idOf(rig, 'side'), side);
    assert.equal(await rig.exec(`${rig.project}-side-1`, ['/bin/ls', '/sys/class/net/eth0']), 0);
    assert.deepEqual((await rig.plan([project])).steps, []);
  });
}
