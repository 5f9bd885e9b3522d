/** An app that is replaced without a gap, and its plans on an engine on paper. */
import assert from 'node:assert/strict';
import type { DesiredProject, UpdateSettings } from '../../../core/desired/state.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import type { ModelEngine } from './model-engine.ts';

export const nowMs = Date.UTC(2026, 0, 5, 12);

export function planOn(engine: ModelEngine, project: DesiredProject) {
  const desired = makeDesired('pump', [project]);
  const plan = planDevice({ desired, observed: engine.observed(), memory: engine.memory(nowMs) });
  assert.deepEqual(plan.skipped, []);
  return plan;
}

export const app = (services: Services, update: Partial<UpdateSettings> = {}) =>
  makeProject('shop', { services, update: { strategy: 'handover', ...update } });

export const web = (tag: string, extra: Services[string] = {}) => ({
  image: `image:${tag}`,
  restart: 'always',
  ...extra,
});
