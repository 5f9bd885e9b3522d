import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ailmentOf, withKept } from '../../../agent/apply/outcome.ts';
import { conditionsOf } from '../../../agent/pass/conditions.ts';
import { beginFacts } from '../../../agent/pass/pass-facts.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { compareVolumes } from '../../../core/plan/volume-changes.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const nowMs = Date.parse('2026-11-23T18:00:00Z');
const project = makeProject('pump', {
  services: { app: { image: 'pump' } },
  update: { stablePeriodMs: 10_000 },
});

function running(restartCount: number, upMs: number): ObservedState {
  const { observed } = observedAsApplied(makeDesired('pump-1', [project]), nowMs);
  return {
    ...observed,
    containers: observed.containers.map(container => ({
      ...container,
      inspection: container.inspection && {
        ...container.inspection,
        restartCount,
        startedAtMs: nowMs - upMs,
      },
    })),
  };
}

test('between two crashes a container runs, and the app is not called healthy for it', () => {
  assert.equal(ailmentOf(project, running(5, 3_000), nowMs), 'app crashes again and again');
});

test('a container that stays up for the stable period is well again, however often it crashed', () => {
  assert.equal(ailmentOf(project, running(5, 10_000), nowMs), undefined);
});

test('a container that was started while the clock was ahead does not crash until that year', () => {
  assert.equal(ailmentOf(project, running(5, -1e12), nowMs), undefined);
});

test('one restart is not a crash loop', () => {
  assert.equal(ailmentOf(project, running(1, 100), nowMs), undefined);
});

test('an instance that is wanted and not there is said, and the app is not called healthy', () => {
  assert.equal(ailmentOf(project, { ...running(0, 60_000), containers: [] }, nowMs), 'app has no container');
});

test('a service that this device has stopped has not finished, though it ended with 0', () => {
  const observed = running(0, 60_000);
  const containers = observed.containers.map(one => ({ ...one, state: 'exited' as const, exitCode: 0 }));
  const ids = containers.map(({ id }) => id);
  assert.equal(ailmentOf(project, { ...observed, containers }, nowMs), undefined);
  assert.equal(ailmentOf(project, { ...observed, containers }, nowMs, ids), 'app is stopped');
});

const labelled = (labels: Record<string, string>) =>
  makeProject('shop', {
    services: {
      app: { image: 'app', volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }] },
    },
    volumes: { data: { labels } },
  });

test('what is kept makes an app degraded, its condition fails, and nothing says that all runs as the commit says', () => {
  const { observed } = observedAsApplied(makeDesired('pump', [labelled({ who: 'a' })]), nowMs);
  const { kept } = compareVolumes(labelled({ who: 'b' }), observed);
  const well = withKept({ state: 'healthy', message: undefined, code: undefined }, kept);
  assert.deepEqual([well.state, well.code], ['degraded', 'ENGINE_VOLUME_KEPT']);
  const back = withKept({ state: 'rolled-back', message: 'not healthy', code: 'ENGINE_NOT_HEALTHY' }, kept);
  assert.equal(back.code, 'ENGINE_NOT_HEALTHY');
  assert.match(back.message ?? '', /^not healthy; volume shop_data/);
  const project = {
    ...{
      app: 'shop',
      project: 'shop',
      release: undefined,
      digest: undefined,
      setAside: undefined,
      services: [],
    },
    ...well,
    kept,
  };
  const applied = { outcome: 'degraded' as const, projects: [project], leftovers: [] };
  const closed = { state: 'closed' as const, desired: undefined, untilMs: undefined };
  const conditions = conditionsOf({ ...beginFacts('p'), applied }, closed);
  const kind = conditions.find(({ type }) => type === 'AsDefined');
  assert.deepEqual([kind?.status, kind?.reason], [false, 'ENGINE_VOLUME_KEPT']);
  assert.match(kind?.message ?? '', /^shop: volume shop_data/);
  assert.equal(conditions.find(({ type }) => type === 'Ready')?.status, false);
});
