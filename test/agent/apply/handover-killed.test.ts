/** Handovers, and replacements one by one, in the middle of which the agent, or the engine, is really killed (SIGKILL). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../core/plan/step.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { isLong, samplesOf } from '../../rig/every.ts';
import { serving } from '../../rig/serving.ts';
import { handoverKinds } from './handover-kinds.ts';
import { killedAgent } from './killed-agent.ts';

type Kind = Step['kind'];

interface Way {
  readonly strategy: 'handover' | 'rolling';
  readonly scale: number;
  /** Every kind of step that it has, in order. */
  readonly kinds: readonly Kind[];
}

const handover: Way = { strategy: 'handover', scale: 1, kinds: handoverKinds };
const rolling: Way = {
  strategy: 'rolling',
  scale: 2,
  kinds: [
    'create-container',
    'stop-container',
    'remove-container',
    'rename-container',
    'start-container',
    'wait-ready',
    'wait-healthy',
  ],
};

function stateOf({ strategy, scale }: Way, image: string, level: string): ProjectInput {
  return {
    services: { web: { image, restart: 'always', scale, environment: { LEVEL: level } } },
    update: { strategy, stablePeriodMs: 200 },
  };
}

/** A pass that nothing disturbs: each container once, all of the new state. */
async function assertWhole(rig: DeviceRig, way: Way, image: string, [level, after]: [string, string]) {
  const project = makeProject(rig.project, stateOf(way, image, level));
  const { outcome } = await rig.pass([project]);
  assert.match(outcome.outcome, /^(applied|unchanged)$/, `${after}: ${JSON.stringify(outcome)}`);
  assert.deepEqual((await rig.plan([project])).steps, [], after);
  const left = (await rig.containers()).map(({ Names, State }) => `${Names[0]} ${State}`).sort();
  const wanted = Array.from({ length: way.scale }, (_, index) => `/${rig.project}-web-${index + 1} running`);
  assert.deepEqual(left, wanted, after);
  assert.deepEqual(await serving(rig), Array(way.scale).fill(`LEVEL=${level}`), after);
}

for (const way of [handover, rolling])
  test(`${way.strategy}: an agent that is killed in the middle of any step: somebody serves, and the next pass ends with each once`, async () => {
    await using rig = await DeviceRig.start();
    const { worker: image } = await buildImages(rig);
    await rig.pass([makeProject(rig.project, stateOf(way, image, 'none'))]);
    for (const kind of samplesOf(way.kinds, 4)) {
      await killedAgent(rig, stateOf(way, image, kind), kind);
      rig.restart();
      assert.ok((await serving(rig)).length > 0, kind);
      await assertWhole(rig, way, image, [kind, kind]);
    }
  });

/** `during`: while the step is carried out. */
const moments = isLong ? (['after', 'during'] as const) : (['after'] as const);

for (const way of [handover, rolling])
  test(`${way.strategy}: an engine that is killed at any step brings back what served, not two of one, and the next pass goes on`, async () => {
    const engine = await startOwnEngine();
    try {
      const rig = new DeviceRig(engine.socket, 'towline.invalid');
      const image = 'towline-test/worker:1';
      await rig.images.build(image, 'worker', '1');
      await rig.pass([makeProject(rig.project, stateOf(way, image, 'none'))]);
      const places = samplesOf(way.kinds.slice(0, -1), isLong ? 1 : 5).flatMap(kind =>
        moments.map(moment => [kind, moment] as const),
      );
      for (const [kind, moment] of places) {
        const level = `${kind} ${moment}`;
        let killed = false;
        const killing = rig.pass([makeProject(rig.project, stateOf(way, image, level))], {
          parallelSteps: 1,
          around: async (step, run) => {
            if (step.kind !== kind || killed) return await run();
            killed = true;
            const running = moment === 'during' ? run() : await run();
            await Promise.allSettled([running, engine.down('SIGKILL')]);
            await running;
          },
        });
        await assert.rejects(killing, { code: 'ENGINE_UNREACHABLE' }, level);
        await engine.up();
        rig.restart();
        const alive = (await serving(rig)).length;
        // Between giving the restart policy and taking it both have it.
        const most = way.scale + (level === 'take-restart during' ? 1 : 0);
        assert.ok(alive > 0 && alive <= most, `${level}: ${alive}`);
        assert.equal((await rig.store.record(rig.project)).setAside, undefined, level);
        await assertWhole(rig, way, image, [level, level]);
      }
      await rig[Symbol.asyncDispose]();
    } finally {
      await engine.stop();
    }
  });
