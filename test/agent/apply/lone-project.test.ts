import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planAlone } from '../../../agent/apply/lone-project.ts';
import { networkName } from '../../../core/desired/service-networks.ts';
import { withBridgeNames } from '../../../core/egress/bridge-name.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';

const shop = (web: Services[string]) =>
  makeDesired('pump', [makeProject('shop', { services: { web, db: { image: 'db:1' } } })]);

test('a last good state that the present policy refuses is not made again by itself either', () => {
  const before = shop({ image: 'web:1', privileged: true });
  const after = shop({ image: 'web:2' });
  const nowMs = Date.UTC(2026, 0, 5, 12);
  const { observed, memory } = observedAsApplied(before, nowMs);
  const [good, bad] = [before.projects[0], after.projects[0]];
  assert.ok(good !== undefined && bad !== undefined);
  const setAside = { digest: bad.digest, code: 'ENGINE_NOT_HEALTHY', message: 'unhealthy', atMs: nowMs };
  const remembered = { ...memory, projects: new Map([['shop', { lastGood: good, setAside }]]) };
  const gone = { ...observed, containers: [] };
  assert.deepEqual(planAlone(good, after, gone, remembered).steps, []);
  const allowed = { ...after, engine: { privileged: true } };
  assert.ok(planAlone(good, allowed, gone, remembered).steps.length > 0);
});

test('a last good state of an app with egress is made again: the names of its bridges are nothing that it asks for', () => {
  const withEgress = (image: string) => {
    const state = shop({ image });
    const projects = state.projects.map(project => ({
      ...project,
      egress: 'none' as const,
      model: withBridgeNames(project.model, networkName),
    }));
    return { ...state, projects };
  };
  const [before, after] = [withEgress('web:1'), withEgress('web:2')];
  const nowMs = Date.UTC(2026, 0, 5, 12);
  const { observed, memory } = observedAsApplied(before, nowMs);
  const [good, bad] = [before.projects[0], after.projects[0]];
  assert.ok(good !== undefined && bad !== undefined);
  const setAside = { digest: bad.digest, code: 'ENGINE_NOT_HEALTHY', message: 'unhealthy', atMs: nowMs };
  const remembered = { ...memory, projects: new Map([['shop', { lastGood: good, setAside }]]) };
  const plan = planAlone(good, after, { ...observed, containers: [] }, remembered);
  assert.deepEqual(plan.skipped, []);
  assert.ok(plan.steps.length > 0);
});
