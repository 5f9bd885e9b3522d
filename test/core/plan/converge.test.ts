/** Generated projects on an engine on paper: many more of them, and more orders, than a real one can carry out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';
import { arbitraryChange, arbitraryProject, randomOf } from './generated-projects.ts';
import { ModelEngine } from './model-engine.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);

function planOn(engine: ModelEngine, project: DesiredProject) {
  const desired = makeDesired('pump', [project]);
  const plan = planDevice({ desired, observed: engine.observed(), memory: engine.memory(nowMs) });
  assert.deepEqual(plan.skipped, []);
  for (const step of plan.steps) assert.notEqual(step.reason, '');
  return plan;
}

function assertConverged(engine: ModelEngine, project: DesiredProject): void {
  assert.deepEqual(planOn(engine, project).steps, []);
  assert.equal(engine.size, Object.keys(project.model.services).length);
  assert.equal(engine.running().size, engine.size);
}

test('property: who depends on what is made anew, or shares its namespaces, starts after it, also when passes are cut off', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 });
  fc.assert(
    fc.property(arbitraryChange(), cuts, fc.integer(), ([before, after], steps, seed) => {
      const engine = new ModelEngine(randomOf(seed));
      engine.run(planOn(engine, before));
      const known = engine.ids();
      for (const most of steps) engine.run(planOn(engine, after), most);
      engine.run(planOn(engine, after));
      assertConverged(engine, after);
      assert.deepEqual(engine.left(after, known), []);
    }),
    { numRuns: 1000 },
  );
});

test('property: after a plan, in any order that its needs allow, the next plan is empty', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryProject, fc.integer(), (before, after, seed) => {
      const engine = new ModelEngine(randomOf(seed));
      for (const project of [before, after]) {
        engine.run(planOn(engine, project));
        assertConverged(engine, project);
      }
    }),
    { numRuns: 300 },
  );
});

test('property: cut off twice anywhere, the third pass converges and each service has its volume', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(arbitraryProject, arbitraryProject, cuts, fc.integer(), (before, after, steps, seed) => {
      const engine = new ModelEngine(randomOf(seed));
      engine.run(planOn(engine, before));
      const volumes = engine.running();
      for (const most of steps) engine.run(planOn(engine, after), most);
      engine.run(planOn(engine, after));
      assertConverged(engine, after);
      // On paper a container does not say that it has one: what is handed over begins with another.
      if (after.update.strategy === 'handover') return;
      for (const [name, volume] of engine.running()) {
        if (volumes.has(name) && !name.startsWith('fixed')) assert.equal(volume, volumes.get(name), name);
      }
    }),
    { numRuns: 300 },
  );
});

test('property: nobody writes while data is kept, what ran runs afterwards, also when passes are cut off', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 });
  let [upgrades, scheduled] = [0, 0];
  fc.assert(
    fc.property(arbitraryChange(), cuts, fc.integer(), ([before, after], steps, seed) => {
      const engine = new ModelEngine(randomOf(seed));
      engine.run(planOn(engine, before));
      for (const project of [before, after]) {
        if (project.backup !== undefined) engine.due(project, nowMs - 7 * 86_400_000);
        for (const most of steps) engine.run(planOn(engine, project), most);
        engine.run(planOn(engine, project));
        // An update first, and what is due of the new state then.
        if (steps.length > 0 || project !== before) engine.run(planOn(engine, project));
        assertConverged(engine, project);
      }
      upgrades += engine.backups.filter(cause => cause === 'upgrade').length;
      scheduled += engine.backups.filter(cause => cause === 'schedule').length;
    }),
    { numRuns: 300 },
  );
  assert.ok(upgrades > 20 && scheduled > 20, `${upgrades} before updates, ${scheduled} by the clock`);
});
