import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

test('an engine killed (SIGKILL) in the middle of a pass: the next pass finishes, nothing is set aside', async () => {
  const engine = await startOwnEngine();
  try {
    const rig = new DeviceRig(engine.socket, 'towline.invalid');
    const image = 'towline-test/worker:1';
    await rig.images.build(image, 'worker', '1');
    const make = (level: string) =>
      makeProject(rig.project, {
        services: {
          a: { image, restart: 'always', environment: { LEVEL: level } },
          b: { image, restart: 'always', environment: { LEVEL: level } },
        },
      });
    assert.equal((await rig.pass([make('1')])).outcome.outcome, 'applied');
    let stopped = false;
    const killing = rig.pass([make('2')], {
      parallelSteps: 1,
      around: async (step, run) => {
        await run();
        if (step.kind !== 'stop-container' || stopped) return;
        stopped = true;
        await engine.down('SIGKILL');
      },
    });
    await assert.rejects(killing, { code: 'ENGINE_UNREACHABLE' });
    await engine.up();
    rig.restart();
    assert.equal((await rig.store.record(rig.project)).setAside, undefined);
    const { outcome } = await rig.pass([make('2')]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
    assert.deepEqual((await rig.plan([make('2')])).steps, []);
    assert.equal((await rig.containers()).length, 2);
    await rig[Symbol.asyncDispose]();
  } finally {
    await engine.stop();
  }
});
