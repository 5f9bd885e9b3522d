/** What a device says of rollouts and pins: in its status, in a condition, and when that is news. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsOf } from '../../../agent/pass/conditions.ts';
import { beginFacts } from '../../../agent/pass/pass-facts.ts';
import { withRollouts } from '../../../agent/pass/rollout-status.ts';
import { statusDigest } from '../../../agent/report/status-digest.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { status as isStatus } from '../../../schemas/validate.generated.js';
import { statusFile } from '../../gateway/fleet-status/rig.ts';

const running: StatusFile['projects'] = [
  { app: 'shop', project: 'shop', release: '1.0.0', state: 'healthy', services: [] },
];
const said = (more: Partial<DesiredProject>, projects = running) =>
  withRollouts(projects, makeDesired('pump', [{ ...makeProject('shop', { services: {} }), ...more }]));
const atMs = Date.parse('2026-12-01T06:00:00Z');
const waits = (ms: number) => said({ rollout: { name: 'r1', stage: 2, state: 'waits', atMs: ms } });

test('a stage that waits says until when, and a clock that nobody keeps makes no news of it', () => {
  const [project] = waits(atMs);
  assert.deepEqual(project?.rollout, { name: 'r1', stage: 2, state: 'waits', until: '2026-12-01T06:00:00Z' });
  assert.equal(
    project?.message,
    'waits until 2026-12-01T06:00:00Z: stage 2 of rollout r1 is open from then on',
  );
  const file = statusFile('pump', { projects: waits(atMs) });
  assert.ok(isStatus(file), JSON.stringify(isStatus.errors));
  assert.equal(statusDigest(file), statusDigest(statusFile('pump', { projects: waits(atMs + 5000) })));
  const open = said({ rollout: { name: 'r1', stage: 2, state: 'open' } });
  assert.notEqual(statusDigest(file), statusDigest(statusFile('pump', { projects: open })));
});

test('what goes wrong is not talked over', () => {
  const failed = [{ ...running[0], state: 'degraded', message: 'HEALTH: no' }] as typeof running;
  const [project] = said({ rollout: { name: 'r1', stage: 2, state: 'waits', atMs } }, failed);
  assert.equal(project?.message, 'HEALTH: no');
});

test('a pin says why and until when; one that is over, or a rollout that is, is said no more', () => {
  const pin = { untilMs: atMs, reason: 'a trial', beneath: '1.0.0' };
  const [pinned] = said({ pin });
  assert.deepEqual(pinned?.pinned, { until: '2026-12-01T06:00:00Z', reason: 'a trial' });
  const [after] = said({}, said({ pin, rollout: { name: 'r1', stage: 1, state: 'open' } }));
  assert.deepEqual([after?.pinned, after?.rollout], [undefined, undefined]);
  assert.deepEqual(
    withRollouts(waits(atMs), undefined),
    waits(atMs),
    'of a commit that cannot be read nothing is known',
  );
});

test('a conflict is a condition with its code and the names', () => {
  const [conflict] = said({ conflict: ['r1', 'r2'], rollout: { name: 'r1', state: 'conflict' } });
  assert.deepEqual(conflict?.rollout, { name: 'r1', state: 'conflict' });
  const applied = {
    outcome: 'unchanged',
    leftovers: [],
    projects: [
      {
        ...{ app: 'shop', project: 'shop', release: '1.0.0', digest: 'd', services: [] },
        state: 'paused',
        ...{ code: 'ROLLOUT_CONFLICT', message: 'rollouts r1 and r2 both move it', setAside: undefined },
      },
    ],
  } as const;
  const closed = { state: 'closed', desired: undefined, untilMs: undefined } as const;
  const found = conditionsOf({ ...beginFacts('p'), applied }, closed).find(
    ({ type }) => type === 'RolledOut',
  );
  assert.deepEqual(found, {
    ...{ type: 'RolledOut', status: false, reason: 'ROLLOUT_CONFLICT' },
    message: 'shop: rollouts r1 and r2 both move it',
  });
});
