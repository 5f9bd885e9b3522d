import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  mayReach,
  type ReachedDevice,
  type ReachQuestion,
  selects,
  tunnelIsOpen,
} from '../../../core/access/reach.ts';

const nowMs = 1_000_000;
const device: ReachedDevice = { id: 'pump-1', groups: ['eu'], labels: { site: 'berlin' }, file: {} };
const open = { state: 'open', untilMs: nowMs + 1, maxDurationMs: 60_000, openedMs: nowMs } as const;
const alice = { name: 'alice', file: { tunnels: [{ groups: ['eu'] }] } };

function reach(change: Partial<ReachQuestion>) {
  return mayReach({ device, operator: alice, tunnel: open, nowMs, ...change });
}

test('a person reaches a device that a selector of theirs means while its tunnel is open', () => {
  assert.equal(reach({}), 'allowed');
  assert.equal(reach({ tunnel: { ...open, allow: ['alice'] } }), 'allowed');
  assert.equal(reach({ nowMs: nowMs + 1 }), 'closed');
  assert.equal(reach({ tunnel: undefined }), 'closed');
  assert.equal(reach({ device: { ...device, file: { revoked: true } } }), 'revoked');
});

test('what there is not and what is not for this person cannot be told apart', () => {
  assert.equal(reach({ device: undefined }), 'unreachable');
  assert.equal(reach({ operator: { name: 'bob', file: {} } }), 'unreachable');
  assert.equal(
    reach({ operator: { name: 'bob', file: { tunnels: [{ groups: ['us'] }] } }, tunnel: undefined }),
    'unreachable',
  );
  assert.equal(reach({ tunnel: { ...open, allow: ['bob'] } }), 'unreachable');
});

test('a tunnel is open until its end, and not at it', () => {
  assert.equal(tunnelIsOpen(open, nowMs), true);
  assert.equal(tunnelIsOpen(open, nowMs + 1), false);
  assert.equal(tunnelIsOpen({ ...open, state: 'closed' }, nowMs), false);
});

test('a selector looks at id, groups and merged labels, and all of its conditions must hold', () => {
  assert.equal(selects({ devices: ['pump-1'] }, device), true);
  assert.equal(selects({ groups: ['eu'], labels: { site: 'paris' } }, device), false);
  assert.equal(selects({ labels: { site: 'berlin' } }, device), true);
  assert.equal(selects({}, device), false);
});
