/** Services whose containers are replaced one at a time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { UpdateSettings } from '../../../core/desired/state.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';
import { app, nowMs, planOn, web } from './gapless-app.ts';
import { randomOf } from './generated-projects.ts';
import { ModelEngine } from './model-engine.ts';

describe('a service that is replaced one container at a time', () => {
  const rolling = (tag: string, update: Partial<UpdateSettings> = {}) =>
    app({ web: web(tag, { scale: 3 }), db: web(tag) }, { strategy: 'rolling', ...update });

  test('the next one stops when the one before it is well', () => {
    const engine = new ModelEngine(randomOf(1));
    engine.run(planOn(engine, rolling('1')));
    const { steps } = planOn(engine, rolling('2'));
    const ready = steps.flatMap((step, index) => (step.kind === 'wait-ready' ? [index] : []));
    const stops = steps.filter(step => step.kind === 'stop-container' && step.service === 'web');
    assert.deepEqual([ready.length, stops.length], [3, 3]);
    assert.ok(stops[1]?.needs.includes(ready[0] ?? -1) && stops[2]?.needs.includes(ready[1] ?? -1));
    assert.ok(stops[0]?.needs.every(need => !ready.includes(need)));
  });

  test('those that do not run go first, then those that are unhealthy: the others serve meanwhile', () => {
    const engine = new ModelEngine(randomOf(1));
    engine.run(planOn(engine, rolling('1')));
    const observed = engine.observed();
    const sick = [{}, {}, { health: 'unhealthy' }, { state: 'exited', exitCode: 1 }] as const;
    const containers = observed.containers.map(one => ({
      ...one,
      ...sick[one.service === 'web' ? one.number : 0],
    }));
    const desired = makeDesired('pump', [rolling('2')]);
    const { steps } = planDevice({
      desired,
      observed: { ...observed, containers },
      memory: engine.memory(nowMs),
    });
    const turns = steps.flatMap(step => (step.kind === 'wait-ready' ? [step.number] : []));
    assert.deepEqual(turns, [3, 2, 1]);
  });

  test('property: in any order that the needs allow, cut off once, all but one serve', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 25 }), fc.integer(), (cut, seed) => {
        const engine = new ModelEngine(randomOf(seed));
        engine.run(planOn(engine, rolling('1')));
        const serve = () => assert.ok(engine.serving('web') >= 2);
        engine.run(planOn(engine, rolling('2')), cut, serve);
        engine.run(planOn(engine, rolling('2')), undefined, serve);
        assert.deepEqual(planOn(engine, rolling('2')).steps, []);
        assert.equal(engine.serving('web'), 3);
      }),
      { numRuns: 200 },
    );
  });
});
