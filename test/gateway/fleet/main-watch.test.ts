import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../core/io/clock.ts';
import { type MainSight, MainWatch } from '../../../gateway/fleet/main-watch.ts';

const forge = { seen: 'b', trouble: undefined, looks: 3, failures: 0, everyMs: 400_000 } as const;

function watched(first: MainSight) {
  const at = { sight: first, nowMs: 1000 };
  const clock: Clock = { now: () => 0, monotonic: () => at.nowMs, sleep: async () => undefined };
  return { at, watch: new MainWatch(() => at.sight, clock) };
}

test('a forge whose main is not taken in is behind at once, and late after a minute', () => {
  const { at, watch } = watched({ main: 'a', trusted: 'a', stopped: false, forge });
  assert.deepEqual(watch.look(), { following: false, why: 'the forge has another main', forMs: 0 });
  assert.equal(watch.isLate, false);
  at.nowMs += 60_000;
  assert.equal(watch.isLate, true);
  at.sight = { ...at.sight, main: 'b', trusted: 'b' };
  assert.deepEqual(watch.look(), { following: true });
});

test('a look at the forge that never ends is noticed from outside', () => {
  const { at, watch } = watched({ main: 'b', trusted: 'b', stopped: false, forge });
  assert.equal(watch.look().following, true);
  at.nowMs += 400_001;
  assert.equal(watch.look().why, 'the forge is not looked at');
  at.sight = { ...at.sight, forge: { ...forge, looks: 4 } };
  assert.equal(watch.look().following, true);
  at.sight = { ...at.sight, forge: { ...forge, trouble: 'GATEWAY_UPSTREAM_UNREACHABLE' } };
  assert.match(watch.look().why ?? '', /GATEWAY_UPSTREAM_UNREACHABLE/);
});

test('a walk that hangs is behind; one that says why it stopped is not', () => {
  const { at, watch } = watched({ main: 'b', trusted: 'a', stopped: false });
  assert.equal(watch.look().why, 'main is not walked');
  at.sight = { ...at.sight, stopped: true };
  assert.equal(watch.look().following, true);
});
