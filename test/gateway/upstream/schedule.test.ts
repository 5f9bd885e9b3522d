import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { test } from 'node:test';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { Waker } from '../../../gateway/upstream/waker.ts';
import { ForgeRig } from './rig.ts';

const clock = createSystemClock();

/** A clock whose waits last no time and are written down; after `count` of them it says stop. */
function hurried(stop: AbortController, waits: number[], count: number): Clock {
  return {
    ...clock,
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
      if (waits.length >= count) stop.abort(new Error('enough'));
      signal.throwIfAborted();
    },
  };
}

test('a forge that is down is asked ever more rarely, up to a quarter of an hour; one that answers, at its interval', async () => {
  await using rig = new ForgeRig();
  const run = async (looks: number): Promise<number[]> => {
    const stop = new AbortController();
    const waits: number[] = [];
    const service = await rig.open({ interval: '1m' }, undefined, hurried(stop, waits, looks * 2));
    await service.mirror.run(stop.signal);
    // Each look is followed by the shortest gap, then the wait.
    return waits.filter((_, index) => index % 2 === 1).map(ms => ms / 60_000);
  };
  for (const minutes of await run(3)) assert.ok(minutes >= 0.9 && minutes <= 1.1, `${minutes}`);
  renameSync(rig.forge, `${rig.forge}.away`);
  const down = await run(6);
  for (const [index, expected] of [2, 4, 8, 15, 15, 15].entries()) {
    const minutes = down[index] ?? 0;
    assert.ok(minutes >= expected * 0.9 && minutes <= expected * 1.1, `${minutes} for ${expected}`);
  }
});

test('a wake cuts a wait short; one that came before is kept; a hundred are one', async () => {
  const waker = new Waker();
  const { signal } = new AbortController();
  const began = clock.monotonic();
  for (let count = 0; count < 100; count += 1) waker.wake();
  await waker.wait(60_000, clock, signal);
  const waiting = waker.wait(60_000, clock, signal);
  setTimeout(() => waker.wake(), 20);
  await waiting;
  assert.ok(clock.monotonic() - began < 30_000);
  const stop = new AbortController();
  const stopped = waker.wait(60_000, clock, stop.signal);
  stop.abort(new Error('over'));
  await assert.rejects(stopped, /over/);
});
