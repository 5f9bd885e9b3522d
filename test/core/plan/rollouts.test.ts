/** What a device does with an app that rollouts pull in two directions, that cannot go back, or whose new release is not for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const image = (letter: string) => `registry.example.com/app@sha256:${letter.repeat(64)}`;
const project = (release: string, letter: string, more: Partial<DesiredProject> = {}): DesiredProject => ({
  ...makeProject('shop', { services: { app: { image: image(letter) } } }),
  release,
  ...more,
});

function planFrom(before: DesiredProject, next: DesiredProject, platform = 'linux/amd64') {
  const { observed, memory } = observedAsApplied(makeDesired('pump', [before]), 0);
  return planDevice({
    desired: makeDesired('pump', [next]),
    observed: { ...observed, capability: { platform } },
    memory,
  });
}

test('two rollouts in conflict: nothing of the app is touched, and both are named', () => {
  const { steps, skipped } = planFrom(
    project('1.0.0', 'a'),
    project('1.0.0', 'b', { conflict: ['r1', 'r2'] }),
  );
  assert.deepEqual(steps, []);
  assert.deepEqual(skipped, [
    {
      ...{ project: 'shop', why: 'paused', code: 'ROLLOUT_CONFLICT' },
      reason: 'rollouts r1 and r2 both move it, and neither supersedes the other',
    },
  ]);
});

test('trap 17: a stage that is closed again is an ordinary way back; a one-way release stays where it runs, and is kept up', () => {
  const [old, fresh] = [project('1.0.0', 'a'), project('1.1.0', 'b')];
  const ordinary = planFrom(fresh, old);
  assert.ok(ordinary.steps.some(({ kind }) => kind === 'create-container'));
  const kept = { kept: { rollout: 'r1', release: '1.1.0' } };
  const held = planFrom(fresh, { ...old, ...kept });
  assert.deepEqual(held.steps, []);
  assert.deepEqual(
    held.skipped.map(({ code, reason }) => [code, reason]),
    [['ROLLOUT_ONE_WAY', 'stays on 1.1.0, which rollout r1 takes back: 1.0.0 cannot read its data']],
  );
  assert.equal(held.targets.get('shop')?.digest, fresh.digest);
  const never = planFrom(project('0.9.0', 'c'), { ...old, ...kept });
  assert.deepEqual([never.skipped, never.steps.length > 0], [[], true]);
});

test('trap 16: a release that lacks the device’s platform does not begin there, and what runs goes on', () => {
  const sizes = { download: 1, unpacked: 1 };
  const requirements = { requires: {}, images: { app: { 'linux/arm64': sizes } } };
  const { steps, skipped } = planFrom(project('1.0.0', 'a'), project('1.1.0', 'b', { requirements }));
  assert.deepEqual([steps, skipped.map(({ code }) => code)], [[], ['IMAGE_PLATFORM_MISSING']]);
});
