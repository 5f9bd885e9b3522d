/** The engine killed (SIGKILL) in a restore: a volume is wholly old or wholly new, and the next pass ends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine, EngineRequest } from '../../../agent/runtime/engine/engine.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { samplesOf } from '../../rig/every.ts';
import { TwoVolumes } from './two-volumes.ts';

interface Phase {
  readonly name: string;
  readonly step: 'unpack-backup' | 'restore-volumes';
  /** With the first such call, which it does not answer. */
  readonly at: (request: EngineRequest) => boolean;
}

const phases: readonly Phase[] = [
  { name: 'a helper works', step: 'restore-volumes', at: ({ path }) => path.endsWith('/wait') },
  { name: 'a helper works', step: 'unpack-backup', at: ({ path }) => path.endsWith('/wait') },
  { name: 'policies change', step: 'restore-volumes', at: ({ path }) => path.endsWith('/update') },
  {
    name: 'what was unpacked goes',
    step: 'restore-volumes',
    at: ({ method, path }) => method === 'DELETE' && path.startsWith('/volumes/'),
  },
];

test('the engine killed in a restore: volumes are whole, and the next pass has put back the backup', async () => {
  const own = await startOwnEngine();
  try {
    const rig = new DeviceRig(own.socket, 'towline.invalid');
    const image = 'towline-test/worker:1';
    await rig.images.build(image, 'worker', '1');
    const app = new TwoVolumes(rig, image);
    const wanted = app.asked('2', await app.twoReleases());
    for (const { name, step, at } of samplesOf(phases, 4)) {
      const when = `${name} in ${step}`;
      await rig.store.update(rig.project, { restoreAsked: undefined, restored: undefined });
      await app.write('two');
      let now = '';
      let isDown = false;
      const engine: Engine = {
        async call(request, signal) {
          if (isDown || now !== step || !at(request)) return await rig.engine.call(request, signal);
          isDown = true;
          const answer = rig.engine.call(request, signal);
          const [{ status }] = await Promise.allSettled([answer, own.down('SIGKILL')]);
          assert.match(status, /fulfilled|rejected/);
          return await answer;
        },
        stream: (request, signal) => rig.engine.stream(request, signal),
      };
      const around = async ({ kind }: { kind: string }, run: () => Promise<void>) => {
        now = kind;
        await run();
      };
      await rig.pass([wanted], { engine, around, parallelSteps: 1 }).catch(() => undefined);
      assert.ok(isDown, when);
      await own.up();
      for (const row of await app.rows()) assert.match(row, /^(one|two|-)$/, when);
      rig.restart();
      const { outcome } = await rig.pass([wanted]);
      assert.match(outcome.outcome, /^(applied|unchanged)$/, `${when}: ${JSON.stringify(outcome)}`);
      await app.assertSettled(wanted, 'one', when);
      for (const line of await app.starts()) assert.match(line, /^(\w+) \1$/, when);
    }
    await rig[Symbol.asyncDispose]();
  } finally {
    await own.stop();
  }
});
