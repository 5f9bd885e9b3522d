import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatTrustedState,
  isSameState,
  parseTrustedState,
  type TrustedState,
} from '../../../../core/trust/line/trusted-state.ts';

const state: TrustedState = {
  commit: 'a'.repeat(40),
  lineTimeSec: 1_700_000_000,
  trustSec: 1_600_000_000,
  fleet: 'acme',
  from: { commit: 'b'.repeat(40), lineTimeSec: 1_600_000_000, trustSec: 1_600_000_000 },
  history: 'c'.repeat(64),
};

test('a trusted state is read as it was written, through JSON', () => {
  const ahead = { principal: 'carol', timeSec: 1_800_000_000 };
  for (const one of [state, { ...state, ahead }, { ...state, spent: ['approvals/x.alice.asc'] }]) {
    const read = parseTrustedState(JSON.parse(JSON.stringify(formatTrustedState(one))));
    assert.deepEqual(read, one);
    assert.ok(read !== undefined && isSameState(read, one));
  }
  assert.ok(!isSameState(state, { ...state, history: 'd'.repeat(64) }));
});

test('what lacks a part of a trusted state, or has one of another form, is none', () => {
  const broken: readonly unknown[] = [
    undefined,
    null,
    [],
    'x',
    { ...state, commit: 'HEAD' },
    { ...state, fleet: undefined },
    { ...state, lineTimeSec: 1.5 },
    { ...state, lineTimeSec: '1' },
    { ...state, trustSec: undefined },
    { ...state, ahead: { principal: 'carol' } },
    { ...state, from: state.commit },
    { ...state, from: { commit: state.commit } },
    { ...state, from: { commit: 'x', lineTimeSec: 1 } },
    { ...state, history: undefined },
    { ...state, history: 'C'.repeat(64) },
    { ...state, spent: 'x' },
    { ...state, spent: [1] },
    { ...state, spent: Array(1001).fill('x') },
  ];
  for (const json of broken) assert.equal(parseTrustedState(json), undefined, JSON.stringify(json));
});
