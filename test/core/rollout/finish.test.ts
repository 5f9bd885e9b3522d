/** The end of a rollout: what it brought is what files assign, for each device the same as before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishPlan, movedApps } from '../../../core/rollout/finish.ts';
import { instantOf, pumps, RollingFleet, rolloutText, startMs } from './rolling-fleet.ts';

const since = instantOf(startMs);
const all = ['name: all, select: { all: true }'];

test('a line of rollouts ends as one: all that any of them came from is what the last one brings, and no device is moved', async () => {
  const fleet = new RollingFleet({ ...pumps(3), 'pump-9': 'apps: { web: { release: "1.0.0" } }' });
  fleet.commit({ 'rollouts/web/r1.yaml': rolloutText(all, { stage: 1, since }) }, startMs);
  const second = { from: ['1.1.0'], to: '1.2.0', stage: 1, since, supersedes: 'r1' };
  fleet.commit({ 'rollouts/web/r2.yaml': rolloutText(all, second) }, startMs);
  const { fleet: before, rollout } = await fleet.look('r2');
  assert.deepEqual(finishPlan(before, rollout), {
    assigned: ['fleet.yaml'],
    removed: ['rollouts/web/r2.yaml', 'rollouts/web/r1.yaml'],
  });
  const text = fleet.files.get('fleet.yaml')?.replace('release: "1.0.0"', 'release: "1.2.0"') ?? '';
  fleet.commit({ 'fleet.yaml': text, 'rollouts/web/r1.yaml': null, 'rollouts/web/r2.yaml': null }, startMs);
  assert.deepEqual(movedApps(before, await fleet.load()), []);
});

test('a device that no stage has reached would be moved, and is named', async () => {
  const fleet = new RollingFleet(pumps(2, at => (at === 1 ? 'groups: [canary]' : 'groups: [rest]')));
  const canary = ['name: canary, select: { groups: [canary] }', ...all];
  fleet.commit({ 'rollouts/web/r1.yaml': rolloutText(canary, { stage: 1, since }) }, startMs);
  const before = await fleet.load();
  const text = fleet.files.get('fleet.yaml')?.replace('release: "1.0.0"', 'release: "1.1.0"') ?? '';
  fleet.commit({ 'fleet.yaml': text, 'rollouts/web/r1.yaml': null }, startMs);
  assert.deepEqual(movedApps(before, await fleet.load()), [
    { device: 'pump-2', app: 'web', before: '1.0.0', after: '1.1.0' },
  ]);
});
