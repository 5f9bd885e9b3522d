/** Windows in a time zone whose clocks are put forward and back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { updatesAllowed } from '../../../core/plan/maintenance-window.ts';

const hourMs = 3_600_000;
const vienna = (start: string, durationMs = hourMs) => [{ start, durationMs, timeZone: 'Europe/Vienna' }];
const at = (text: string) => Date.parse(text);

test('a window is open from its first minute for its duration, and not a moment longer', () => {
  const windows = vienna('0 2 * * *');
  assert.equal(updatesAllowed(windows, at('2026-01-06T00:59:59.999Z')), false);
  assert.equal(updatesAllowed(windows, at('2026-01-06T01:00:00Z')), true);
  assert.equal(updatesAllowed(windows, at('2026-01-06T01:59:59.999Z')), true);
  assert.equal(updatesAllowed(windows, at('2026-01-06T02:00:00Z')), false);
});

test('in summer the same window is an hour earlier by UTC', () => {
  const windows = vienna('0 2 * * *');
  assert.equal(updatesAllowed(windows, at('2026-07-06T00:30:00Z')), true);
  assert.equal(updatesAllowed(windows, at('2026-07-06T01:30:00Z')), false);
});

test('clocks put back: a window that starts twice that night is open both times', () => {
  // 25 October 2026: 03:00 summer time becomes 02:00 at 01:00 UTC.
  const windows = vienna('30 2 * * *', hourMs / 2);
  for (const [time, open] of [
    ['2026-10-25T00:29:00Z', false],
    ['2026-10-25T00:30:00Z', true],
    ['2026-10-25T01:00:00Z', false],
    ['2026-10-25T01:30:00Z', true],
    ['2026-10-25T02:00:00Z', false],
  ] as const) {
    assert.equal(updatesAllowed(windows, at(time)), open, time);
  }
});

test('clocks put forward: a window that is open goes on for its whole duration; one in the hour that is left out stays shut that night', () => {
  // 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
  const over = vienna('0 1 * * *', 2 * hourMs);
  assert.equal(updatesAllowed(over, at('2026-03-29T01:30:00Z')), true);
  assert.equal(updatesAllowed(over, at('2026-03-29T02:00:00Z')), false);
  const within = vienna('30 2 * * *');
  for (let ms = at('2026-03-29T00:00:00Z'); ms < at('2026-03-29T03:00:00Z'); ms += 600_000) {
    assert.equal(updatesAllowed(within, ms), false, new Date(ms).toISOString());
  }
  assert.equal(updatesAllowed(within, at('2026-03-30T00:30:00Z')), true);
});

test('a window that passes midnight, days of the week by name, several windows', () => {
  const friday = vienna('0 22 * * fri', 8 * hourMs);
  assert.equal(updatesAllowed(friday, at('2026-01-10T04:59:00Z')), true);
  assert.equal(updatesAllowed(friday, at('2026-01-11T04:59:00Z')), false);
  const weekend = vienna('*/30 1-3 * * 6,7', hourMs / 60);
  assert.equal(updatesAllowed(weekend, at('2026-01-11T01:30:30Z')), true);
  assert.equal(updatesAllowed([...friday, ...weekend], at('2026-01-10T04:59:00Z')), true);
  assert.equal(updatesAllowed([], 0), true);
});
