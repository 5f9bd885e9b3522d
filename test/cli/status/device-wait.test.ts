import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDevice, lateResult, resultOf, waitExitCode } from '../../../cli/status/device-wait.ts';
import type { Sight } from '../../../cli/status/sight.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { statusOf } from './reports.ts';

const [head, older, newer, unknown] = ['a', 'b', 'c', 'd'].map(digit => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];

function judged(changes: Partial<StatusFile>) {
  const at = changes.followed ?? changes.trusted?.commit ?? head;
  const status = statusOf('pump-1', { trusted: { commit: at }, applied: at, ...changes });
  const sight = {
    reports: new Map([['pump-1', { device: 'pump-1', commit: head, status, doubt: undefined }]]),
    distances: new Map([
      [head, { behind: 0, ahead: 0, behindSinceMs: undefined }],
      [newer, { behind: 0, ahead: 2, behindSinceMs: undefined }],
      [older, { behind: 3, ahead: 0, behindSinceMs: 0 }],
    ]),
  };
  return judgeDevice(sight as unknown as Sight, 'pump-1').state;
}

test('a device is there when it follows the commit, or a later one, and all its apps became healthy', () => {
  assert.equal(judged({}), 'done');
  assert.equal(judged({ outcome: 'unchanged', followed: newer }), 'done');
  // It trusts the commit and speaks of the one before.
  assert.equal(judged({ trusted: { commit: head }, followed: older, applied: older }), 'waiting');
  for (const outcome of ['progressing', 'waiting', 'paused'] as const) {
    assert.equal(judged({ outcome }), 'waiting', outcome);
  }
  assert.equal(judged({ applied: older }), 'waiting');
  assert.equal(judged({ followed: unknown, applied: unknown }), 'waiting');
  // An agent that does not say what it follows.
  assert.equal(judged({ trusted: { commit: older } }), 'waiting');
});

test('a device has failed by what it says of the commit, never by what it said of an older one', () => {
  for (const outcome of ['rolled-back', 'failed', 'degraded', 'stale'] as const) {
    assert.equal(judged({ outcome, applied: older }), 'failed', outcome);
    assert.equal(judged({ outcome, followed: older, trusted: { commit: head } }), 'waiting', outcome);
  }
  const stopped = { code: 'TRUST_UNSIGNED', message: 'm' };
  assert.equal(judged({ followed: older, stopped: { ...stopped, head } }), 'failed');
  assert.equal(judged({ followed: older, stopped: { ...stopped, head: older } }), 'waiting');
  // Which head it saw an older agent does not say: what stopped it may be mended in this one.
  assert.equal(judged({ followed: older, stopped }), 'waiting');
});

test('each end has an exit code of its own', () => {
  const state = (name: 'done' | 'failed' | 'waiting' | 'unreadable') => ({
    device: name,
    state: name,
    why: '',
  });
  const [done, failed, waiting, unreadable] = [
    state('done'),
    state('failed'),
    state('waiting'),
    state('unreadable'),
  ];
  assert.equal(resultOf([done, failed]), 'failed');
  assert.equal(resultOf([done]), 'done');
  assert.equal(resultOf([failed, waiting]), undefined);
  assert.equal(lateResult([failed, waiting], false), 'failed');
  assert.equal(lateResult([waiting], false), 'unreachable');
  assert.equal(lateResult([waiting, unreadable], true), 'unreadable');
  assert.equal(lateResult([waiting, done], true), 'timed-out');
  assert.equal(new Set(Object.values(waitExitCode)).size, 5);
});
