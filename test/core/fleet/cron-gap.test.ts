import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestGapMs } from '../../../core/fleet/cron-gap.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

test('the longest time between two moments of a schedule', () => {
  for (const [expression, gap] of [
    ['* * * * *', minute],
    ['*/15 * * * *', 15 * minute],
    ['30 */15 * * * *', 15 * minute],
    ['7 * * * *', 60 * minute],
    ['0 6,18 * * *', 12 * 60 * minute],
    ['0 8-17 * * *', 15 * 60 * minute],
    ['0 4 * * *', day],
    ['0 4 * * mon-fri', 3 * day],
    ['0 4 * * 7', 7 * day],
    ['0 4 1 * *', 31 * day],
    ['0 4 29 2 *', 4 * 366 * day],
  ] as const) {
    const found = longestGapMs(expression);
    assert.ok(
      Math.abs(found - gap) <= (gap > 100 * day ? 120 * day : 0),
      `${expression}: ${found / minute} minutes`,
    );
  }
});
