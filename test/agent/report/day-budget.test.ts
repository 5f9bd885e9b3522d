import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  added,
  askedRoom,
  nothingSpent,
  reservedOf,
  segmentRoom,
  spentOn,
} from '../../../agent/report/day-budget.ts';

const mebi = 1024 * 1024;
const noon = Date.UTC(2026, 6, 1, 12);
const hour = 3_600_000;

test('segments leave a tenth of the day to the status, at least 256 KiB, never more than half', () => {
  assert.deepEqual([20 * mebi, mebi, 64 * 1024].map(reservedOf), [2 * mebi, 256 * 1024, 32 * 1024]);
  const spent = added(spentOn(nothingSpent, noon), { status: 0, segments: 18 * mebi, asked: false });
  assert.equal(segmentRoom(spent, 20 * mebi), 0);
});

test('a status beyond its reserve takes from what segments have left; within it, nothing', () => {
  const today = spentOn(nothingSpent, noon);
  const within = added(today, { status: mebi, segments: 0, asked: false });
  assert.equal(segmentRoom(within, 20 * mebi), 18 * mebi);
  const beyond = added(today, { status: 5 * mebi, segments: 0, asked: false });
  assert.equal(segmentRoom(beyond, 20 * mebi), 15 * mebi);
});

test('what the gateway asks for takes at most a tenth of the day, its status and commits included', () => {
  let spent = spentOn(nothingSpent, noon);
  let times = 0;
  while (askedRoom(spent, 20 * mebi) > 0) {
    spent = added(spent, { status: 3_000, segments: 10_000, asked: true });
    times += 1;
  }
  assert.equal(times, Math.ceil((2 * mebi) / 13_000));
  assert.ok(segmentRoom(spent, 20 * mebi) > 16 * mebi, 'the rest is there for the others');
});

test('a day begins at midnight UTC, not when a clock is set back and forth, and again when one was years ahead', () => {
  const sent = (spent: typeof nothingSpent) => added(spent, { status: 0, segments: mebi, asked: false });
  let spent = sent(spentOn(nothingSpent, noon));
  assert.equal(spentOn(spent, noon + hour).segments, mebi);
  for (const shift of [11, 13, 10, 14, 11, 13]) spent = sent(spentOn(spent, noon + shift * hour));
  assert.equal(spent.segments, 5 * mebi, 'one new day, whatever the clock does around its midnight');
  const ahead = sent(spentOn(nothingSpent, Date.UTC(2099, 0, 1)));
  assert.equal(spentOn(ahead, noon).segments, 0);
});
