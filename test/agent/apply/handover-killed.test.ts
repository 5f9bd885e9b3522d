/** Handovers in the middle of which the agent, or the engine, is really killed (SIGKILL). */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { Step } from '../../../core/plan/step.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { samplesOf } from '../../rig/every.ts';

const kinds: readonly Step['kind'][] = [
  'create-container',
  'start-container',
  'wait-ready',
  'take-names',
  'take-restart',
  'stop-container',
  'remove-container',
  'rename-container',
  'wait-healthy',
];

function stateOf(image: string, level: string): ProjectInput {
  return {
    services: { web: { image, restart: 'always', environment: { LEVEL: level } } },
    update: { strategy: 'handover', stablePeriodMs: 200 },
  };
}

async function assertOne(rig: DeviceRig, image: string, level: string, after: string): Promise<void> {
  const project = makeProject(rig.project, stateOf(image, level));
  const { outcome } = await rig.pass([project]);
  assert.match(outcome.outcome, /^(applied|unchanged)$/, `${after}: ${JSON.stringify(outcome)}`);
  assert.deepEqual((await rig.plan([project])).steps, [], after);
  const left = (await rig.containers()).map(({ Names, State }) => `${Names[0]} ${State}`);
  assert.deepEqual(left, [`/${rig.project}-web-1 running`], after);
}

const running = async (rig: DeviceRig) =>
  (await rig.containers()).filter(({ State }) => State === 'running').length;

test('an agent that is killed in the middle of any step: somebody runs, and the next pass ends with one', async () => {
  await using rig = await DeviceRig.start();
  const { worker: image } = await buildImages(rig);
  await rig.pass([makeProject(rig.project, stateOf(image, 'none'))]);
  const file = path.join(rig.stateDirectory, 'input.json');
  const { device, project, stateDirectory } = rig;
  for (const kind of samplesOf(kinds, 4)) {
    writeFileSync(file, JSON.stringify({ device, project, stateDirectory, input: stateOf(image, kind) }));
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'killed-pass.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout }))
      if (line === kind) child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL', kind);
    rig.restart();
    assert.ok((await running(rig)) > 0, kind);
    await assertOne(rig, image, kind, kind);
  }
});

test('an engine that is killed after any step brings one back, not two, and the next pass goes on', async () => {
  const engine = await startOwnEngine();
  try {
    const rig = new DeviceRig(engine.socket, 'towline.invalid');
    const image = 'towline-test/worker:1';
    await rig.images.build(image, 'worker', '1');
    await rig.pass([makeProject(rig.project, stateOf(image, 'none'))]);
    for (const kind of samplesOf(kinds.slice(0, -1), 5)) {
      let killed = false;
      const killing = rig.pass([makeProject(rig.project, stateOf(image, kind))], {
        around: async (step, run) => {
          await run();
          if (step.kind !== kind || killed) return;
          killed = true;
          await engine.down('SIGKILL');
        },
      });
      await assert.rejects(killing, { code: 'ENGINE_UNREACHABLE' }, kind);
      await engine.up();
      rig.restart();
      assert.equal(await running(rig), 1, kind);
      assert.equal((await rig.store.record(rig.project)).setAside, undefined, kind);
      await assertOne(rig, image, kind, kind);
    }
    await rig[Symbol.asyncDispose]();
  } finally {
    await engine.stop();
  }
});
