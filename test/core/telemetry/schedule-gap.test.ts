/** After how long without a word a device is gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleGapMs } from '../../../core/telemetry/settings/schedule-gap.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

test('a schedule is silent for as long as the longest way from one time to the next', () => {
  const gaps: Record<string, number> = {
    '* * * * *': minuteMs,
    '*/15 * * * *': 15 * minuteMs,
    '*/10 * * * * *': minuteMs,
    '0 * * * *': 60 * minuteMs,
    '5,50 * * * *': 45 * minuteMs,
    '0 8-17 * * *': 15 * 60 * minuteMs,
    '30 3 * * *': dayMs,
    '30 3 * * 1-5': 3 * dayMs,
    '0 0 1 * *': 31 * dayMs,
    '0 0 1 1 *': 366 * dayMs,
    '0 0/6 * * *': 6 * 60 * minuteMs,
  };
  for (const [expression, gap] of Object.entries(gaps))
    assert.equal(scheduleGapMs(expression), gap, expression);
});
