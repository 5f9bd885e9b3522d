import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestHoldMs } from '../../../core/plan/hold.ts';
import { emptyMemory } from '../../../core/plan/memory.ts';
import { heldUntil } from '../../../core/plan/target.ts';

const now = Date.UTC(2026, 6, 1);
const memory = (holdUntilMs: number) => ({ ...emptyMemory(now), holdUntilMs });

test('a hold holds until its end', () => {
  assert.equal(heldUntil(memory(now + 60_000)), now + 60_000);
  assert.equal(heldUntil(memory(now + longestHoldMs)), now + longestHoldMs);
  assert.equal(heldUntil(memory(now)), undefined);
  assert.equal(heldUntil(emptyMemory(now)), undefined);
});

test('a hold of an hour that a clock noted while it was ahead does not last until its year', () => {
  assert.equal(heldUntil(memory(Date.UTC(2099, 0, 1))), undefined);
});
