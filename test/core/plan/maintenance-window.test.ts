/** Windows in a time zone whose clocks are put forward and back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('clocks put forward: a window that is open goes on for its whole duration', () => {
  // 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
  const over = vienna('0 1 * * *', 2 * hourMs);
  assert.equal(updatesAllowed(over, at('2026-03-29T01:30:00Z')), true);
  assert.equal(updatesAllowed(over, at('2026-03-29T02:00:00Z')), false);
});

/** Times (UTC) between two at which a window becomes open or shut, looked at every five minutes. */
function turns(windows: ReturnType<typeof vienna>, from: string, to: string): string[] {
  const found: string[] = [];
  let open = false;
  for (let ms = at(from); ms < at(to); ms += 300_000) {
    if (updatesAllowed(windows, ms) === open) continue;
    open = !open;
    found.push(new Date(ms).toISOString().slice(5, 16));
  }
  return found;
}

test('clocks put forward: a window in the hour that is left out opens right after it, for its whole duration', () => {
  const night = ['2026-03-28T20:00:00Z', '2026-03-29T20:00:00Z'] as const;
  assert.deepEqual(turns(vienna('30 2 * * *'), ...night), ['03-29T01:00', '03-29T02:00']);
  assert.deepEqual(turns(vienna('59 2 29 3 *', hourMs / 2), ...night), ['03-29T01:00', '03-29T01:30']);
  assert.deepEqual(turns(vienna('0 3 * * sun'), ...night), ['03-29T01:00', '03-29T02:00']);
  assert.deepEqual(turns(vienna('30 2 * * mon'), ...night), [], 'only where the day fits');
  assert.deepEqual(turns(vienna('30 2 * * *'), '2026-03-29T20:00:00Z', '2026-03-30T20:00:00Z'), [
    '03-30T00:30',
    '03-30T01:30',
  ]);
});

test('clocks put forward by half an hour, and at midnight', () => {
  // Lord Howe, 4 October 2026: 02:00 becomes 02:30 at 3 October, 15:30 UTC.
  const island = [{ start: '15 2 * * *', durationMs: hourMs, timeZone: 'Australia/Lord_Howe' }];
  assert.deepEqual(turns(island, '2026-10-03T10:00:00Z', '2026-10-03T20:00:00Z'), [
    '10-03T15:30',
    '10-03T16:30',
  ]);
  // Beirut, 29 March 2026: 00:00 becomes 01:00 at 28 March, 22:00 UTC.
  const midnight = [{ start: '0 0 * * sun', durationMs: hourMs, timeZone: 'Asia/Beirut' }];
  assert.deepEqual(turns(midnight, '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z'), [
    '03-28T22:00',
    '03-28T23:00',
  ]);
});

test('a window of a month that is shut is looked through in a moment', () => {
  const windows = vienna('0 3 31 2 *', 31 * 24 * hourMs);
  const began = process.cpuUsage();
  for (let round = 0; round < 20; round++)
    assert.equal(updatesAllowed(windows, at('2026-04-12T12:00:00Z')), false);
  const { user, system } = process.cpuUsage(began);
  assert.ok(user + system < 1_000_000, `${(user + system) / 20} µs of CPU each`);
});

test('property: as if every minute that a clock shows were looked at', () => {
  const field = (most: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 0, max: most }).map(String),
      fc.integer({ min: 2, max: 9 }).map(n => `*/${n}`),
    );
  const zone = fc.constantFrom(
    'Europe/Vienna',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
  );
  const time = fc.constantFrom(
    '2026-03-29T01:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-04-04T15:00:00Z',
    '2026-06-06T06:06:06Z',
  );
  const around = fc.integer({ min: -200, max: 200 });
  fc.assert(
    fc.property(field(59), field(23), zone, time, around, (minute, hour, timeZone, near, minutes) => {
      const nowMs = at(near) + minutes * 60_000;
      const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
      const one = (text: string, value: number) =>
        text === '*' ||
        (text.startsWith('*/') ? value % Number(text.slice(2)) === 0 : value === Number(text));
      let slow = false;
      for (let ago = 0; ago < 90 && !slow; ago++) {
        const [h = 0, m = 0] = format
          .format(nowMs - ago * 60_000)
          .split(':')
          .map(Number);
        slow = one(minute, m) && one(hour, h);
      }
      const open = updatesAllowed(
        [{ start: `${minute} ${hour} * * *`, durationMs: 90 * 60_000, timeZone }],
        nowMs,
      );
      // What clocks leave out can only open it.
      if (slow) assert.equal(open, true);
      else if (!/^2026-03-29|^2026-10-03/.test(near)) assert.equal(open, false);
    }),
    { numRuns: 300 },
  );
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
