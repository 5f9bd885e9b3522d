/** What docker compose has made is handed over to what the app makes in its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { Step } from '../../../core/plan/step.ts';
import { serving } from '../../rig/serving.ts';
import { adopted, containersOf, standing } from './adopted.ts';

const files = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, restart: always, environment: {LEVEL: "0"}}\n  side: {image: IMAGE_WORKER}\n',
};
const kinds: readonly Step['kind'][] = ['start-container', 'take-names', 'take-restart', 'stop-container'];

for (const version of ['1.29', '2.40'] as const)
  for (const kind of kinds)
    test(`docker compose ${version}, cut off after ${kind}: somebody serves all the time, and one is left`, async () => {
      await using made = await adopted(files, version);
      const { rig, project } = made;
      const make = (LEVEL: string): DesiredProject => ({
        ...project.app(({ services: { web, ...rest }, ...model }) => ({
          ...model,
          services: { ...rest, web: { ...web, environment: { LEVEL } } },
        })),
        update: { strategy: 'handover', services: ['web'], stablePeriodMs: 300, healthTimeoutMs: 60_000 },
      });
      const before = await standing(rig);
      await rig.pass([make('0')]);
      assert.deepEqual(await standing(rig), before);
      const killer = new AbortController();
      const gaps: string[] = [];
      const around = async (step: Step, run: () => Promise<void>) => {
        killer.signal.throwIfAborted();
        await run();
        if ((await serving(rig, await containersOf(rig))).length === 0) gaps.push(step.kind);
        if (step.kind === kind) killer.abort(new Error('killed'));
      };
      await assert.rejects(rig.pass([make('1')], { signal: killer.signal, around }), /killed/);
      rig.restart();
      const { outcome } = await rig.pass([make('1')], {
        around: async (step, run) => {
          await run();
          if ((await serving(rig, await containersOf(rig))).length === 0) gaps.push(`then ${step.kind}`);
        },
      });
      assert.match(outcome.outcome, /^(applied|unchanged)$/, JSON.stringify(outcome));
      assert.deepEqual(gaps, []);
      assert.deepEqual(await serving(rig, await containersOf(rig)), ['LEVEL=1']);
      assert.equal((await containersOf(rig)).length, 2);
      assert.deepEqual((await rig.plan([make('1')])).steps, []);
      // The other one was never touched.
      assert.ok((await standing(rig)).some(one => before.includes(one)));
    });
