/** Killed after any step, the next pass converges. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { projectFolders } from '../../../agent/projects/project-folders.ts';
import type { MountModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject, UpdateSettings } from '../../../core/desired/state.ts';
import { makeProject, type ProjectInput, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { strideOf } from '../../rig/every.ts';
import { killedAgent } from './killed-agent.ts';

const images = await sharedImages();

const anonymous: MountModel = { type: 'volume', target: '/data', volume: {} };

function worker(extra: Services[string] = {}): Services[string] {
  return { image: images.worker, restart: 'always', ...extra };
}

/** Two states of one project that differ in everything that moves. */
function states(strategy: UpdateSettings['strategy']): Record<'a' | 'b', ProjectInput> {
  const update = { strategy, stablePeriodMs: 0 };
  const configs = (content: string) => ({ app: { content } });
  const reference = [{ source: 'app', target: '/etc/app.conf' }];
  return {
    a: {
      services: {
        keep: worker({ volumes: [anonymous], networks: { back: null }, configs: reference }),
        gone: worker(),
      },
      networks: { back: { labels: { state: 'a' } } },
      configs: configs('a'),
      update,
    },
    b: {
      services: {
        keep: worker({ volumes: [anonymous], networks: { back: null }, configs: reference }),
        fresh: worker({ depends_on: { keep: { condition: 'service_started', required: true } } }),
      },
      networks: { back: { labels: { state: 'b' } } },
      configs: configs('b'),
      update,
    },
  };
}

async function volumeOf(rig: DeviceRig): Promise<string | undefined> {
  const { Mounts } = await rig.inspect(`${rig.project}-keep-1`);
  return Mounts?.find(({ Destination }) => Destination === '/data')?.Name;
}

/** Exactly what is desired, no more: containers, networks, files. */
async function assertConverged(
  rig: DeviceRig,
  project: DesiredProject,
  volume: string | undefined,
): Promise<void> {
  assert.deepEqual((await rig.plan([project])).steps, []);
  const names = (await rig.containers()).map(({ Names, State }) => `${Names[0]} ${State}`).sort();
  const wanted = Object.keys(project.model.services).map(service => `/${rig.project}-${service}-1 running`);
  assert.deepEqual(names, wanted.sort());
  assert.equal(await volumeOf(rig), volume);
  const networks = (await rig.observe([rig.project])).networks.filter(
    ({ owner }) => owner?.project === rig.project,
  );
  assert.deepEqual(networks.map(({ name }) => name).sort(), [
    `${rig.project}_back`,
    `${rig.project}_default`,
  ]);
}

/** A pass that ends for good after its nth step. @returns whether it was killed */
async function passKilledAfter(rig: DeviceRig, project: DesiredProject, steps: number): Promise<boolean> {
  const killer = new AbortController();
  let count = 0;
  try {
    await rig.pass([project], {
      signal: killer.signal,
      parallelSteps: 1,
      around: async (_, run) => {
        if (count >= steps) await new Promise<never>((_resolve, reject) => reject(killer.signal.reason));
        await run();
        if (++count === steps) killer.abort(new Error('killed'));
      },
    });
    return false;
  } catch (error) {
    if (!killer.signal.aborted) throw error;
    return true;
  } finally {
    rig.restart();
  }
}

for (const strategy of ['recreate', 'stop-first'] as const) {
  test(`with ${strategy}, killed after any step, the next pass converges`, async () => {
    await using rig = await DeviceRig.start();
    const { a, b } = states(strategy);
    const both = [makeProject(rig.project, a), makeProject(rig.project, b)];
    await rig.pass(both.slice(0, 1));
    const volume = await volumeOf(rig);
    // An odd one: each goes to the other state.
    for (let steps = 1; ; steps += strideOf(7)) {
      const target = both[steps % 2];
      assert.ok(target !== undefined);
      const killed = await passKilledAfter(rig, target, steps);
      const { outcome } = await rig.pass([target]);
      assert.ok(['applied', 'unchanged'].includes(outcome.outcome), `${steps}: ${JSON.stringify(outcome)}`);
      await assertConverged(rig, target, volume);
      if (!killed) break;
      assert.ok(steps < 40);
    }
  });
}

test('an agent that is really killed (SIGKILL) in the middle of a step leaves nothing behind', async () => {
  await using rig = await DeviceRig.start();
  const { a, b } = states('recreate');
  await rig.pass([makeProject(rig.project, a)]);
  const volume = await volumeOf(rig);
  const kinds = ['create-container', 'stop-container', 'remove-container', 'start-container'] as const;
  for (const [round, kind] of kinds.entries()) {
    const input = round % 2 === 0 ? b : a;
    await killedAgent(rig, input, kind);
    rig.restart();
    const target = makeProject(rig.project, input);
    const { outcome } = await rig.pass([target]);
    assert.match(outcome.outcome, /^(applied|unchanged)$/, `${kind}: ${JSON.stringify(outcome)}`);
    await assertConverged(rig, target, volume);
  }
});

test('killed while it goes back, the next pass finishes going back', async () => {
  await using rig = await DeviceRig.start();
  const good = makeProject(rig.project, { services: { app: worker() }, update: { stablePeriodMs: 0 } });
  const bad = makeProject(rig.project, { services: { app: worker({ command: ['/no/such'] }) } });
  await rig.pass([good]);
  for (let steps = 5; steps < 9; steps++) {
    await passKilledAfter(rig, bad, steps).catch(() => undefined);
    const { outcome } = await rig.pass([bad]);
    assert.equal(outcome.outcome, 'rolled-back', `${steps}: ${JSON.stringify(outcome)}`);
    assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
    assert.equal((await rig.containers()).length, 1);
    await rig.store.update(rig.project, { setAside: undefined });
  }
});

test('a file tree that a killed writer has left half-written is written again', async () => {
  await using rig = await DeviceRig.start();
  const { a } = states('recreate');
  const project = makeProject(rig.project, a);
  const folders = projectFolders({ stateDirectory: rig.stateDirectory }, rig.project);
  await passKilledAfter(rig, project, 1);
  assert.match((await rig.pass([project])).outcome.outcome, /^applied$/);
  assert.ok(folders.files.startsWith(rig.stateDirectory));
  assert.equal(
    await rig.exec(`${rig.project}-keep-1`, ['/bin/sh', '-c', 'test "$(cat /etc/app.conf)" = a']),
    0,
  );
});

test('killed between a stop and the start after it, a service that ended with 0 is started again', async () => {
  await using rig = await DeviceRig.start();
  const state = (network: string) =>
    makeProject(rig.project, {
      // On a signal it ends with 0, as a one-shot would, and no restart policy tells them apart.
      services: {
        app: {
          image: images.worker,
          init: true,
          command: ['/bin/sh', '-c', 'trap "exit 0" TERM; while true; do sleep 0.1; done'],
          networks: { back: null },
        },
      },
      networks: { back: { labels: { network } } },
      update: { stablePeriodMs: 0 },
    });
  await rig.pass([state('a')]);
  const name = `${rig.project}-app-1`;
  const { Id } = await rig.inspect(name);
  await passKilledAfter(rig, state('b'), 1);
  const { Status, ExitCode } = (await rig.inspect(name)).State;
  assert.deepEqual([Status, ExitCode], ['exited', 0]);
  assert.equal((await rig.pass([state('b')])).outcome.outcome, 'applied');
  const after = await rig.inspect(name);
  assert.deepEqual([after.Id, after.State.Status], [Id, 'running']);
  assert.deepEqual((await rig.plan([state('b')])).steps, []);
});

test('killed between a start and its post_start command, the command is run by the next pass', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: {
      app: worker({ post_start: [{ command: ['/bin/sh', '-c', 'echo done >> /www/hooks'] }] }),
    },
    update: { stablePeriodMs: 0 },
  });
  const killer = new AbortController();
  const engine: typeof rig.engine = {
    call: (request, signal) => {
      if (request.path.endsWith('/exec')) killer.abort(new Error('killed'));
      return rig.engine.call(request, signal);
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  await assert.rejects(rig.pass([project], { engine, signal: killer.signal }), /killed/);
  rig.restart();
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.equal((await rig.pass([project])).outcome.outcome, 'applied');
  const hooks = ['/bin/sh', '-c', 'test "$(cat /www/hooks)" = done'];
  assert.equal(await rig.exec(`${rig.project}-app-1`, hooks), 0);
  assert.deepEqual((await rig.plan([project])).steps, []);
});

test('an app that was removed by a pass that was cut off before it forgot it is forgotten by the next one', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { app: worker({ configs: [{ source: 'app', target: '/etc/app.conf' }] }) },
    configs: { app: { content: 'a' } },
    update: { stablePeriodMs: 0 },
  });
  await rig.pass([project]);
  const { files } = projectFolders({ stateDirectory: rig.stateDirectory }, rig.project);
  await rig.delete(`/containers/${rig.project}-app-1`);
  await rig.delete(`/networks/${rig.project}_default`);
  assert.equal(readdirSync(files).length, 1);
  const { outcome } = await rig.pass([]);
  assert.deepEqual(
    outcome.projects.map(({ state }) => state),
    ['removed'],
  );
  assert.equal(existsSync(files), false);
  assert.equal((await rig.store.memory(0)).projects.size, 0);
  assert.deepEqual((await rig.pass([])).outcome.projects, []);
});
