import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDue, isUnnoted, nextTime, type ScheduleState } from '../../../core/backup/due.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const nightly = '0 3 * * *';

function state(changes: Partial<ScheduleState> & { readonly sinceMs?: number }): ScheduleState {
  const { sinceMs = at('2026-11-01T12:00'), ...rest } = changes;
  const noted = { expression: nightly, sinceMs };
  return { expression: nightly, noted, madeMs: [], nowMs: at('2026-11-01T13:00'), ...rest };
}

test('the next time is the first that the expression names, in UTC', () => {
  const cases: [string, string, string | undefined][] = [
    [nightly, '2026-11-01T02:59:59', '2026-11-01T03:00'],
    [nightly, '2026-11-01T03:00', '2026-11-02T03:00'],
    ['30 0 3 * * *', '2026-11-01T02:00', '2026-11-01T03:00'],
    ['*/20 22-23 * * *', '2026-12-31T23:40', '2027-01-01T22:00'],
    ['0 0 29 feb *', '2096-02-29T00:00', '2104-02-29T00:00'],
    ['0 0 13 * fri', '2026-11-01T00:00', '2026-11-06T00:00'],
    ['0 0 * * 7', '2026-11-02T00:00', '2026-11-08T00:00'],
    ['0 0 31 nov *', '2026-11-01T00:00', undefined],
    ['0 99 * * *', '2026-11-01T00:00', undefined],
  ];
  for (const [expression, after, expected] of cases)
    assert.equal(
      nextTime(expression, at(after)),
      expected === undefined ? undefined : at(expected),
      expression,
    );
});

test('property: the next time is later, whole minutes, and nothing lies between', () => {
  const field = (max: number) =>
    fc.oneof(fc.constant('*'), fc.integer({ min: 0, max }).map(String), fc.constant('*/7'));
  fc.assert(
    fc.property(field(59), field(23), fc.integer({ min: 0, max: 2 ** 41 }), (minute, hour, afterMs) => {
      const expression = `${minute} ${hour} * * *`;
      const next = nextTime(expression, afterMs) ?? 0;
      assert.ok(next > afterMs && next - afterMs <= 86_400_000 && next % 60_000 === 0);
      assert.equal(nextTime(expression, next - 1), next);
      assert.equal(nextTime(expression, Math.floor((afterMs + next) / 2)), next);
    }),
    { numRuns: 200 },
  );
});

test('a schedule that was just seen is due at its next time, not before', () => {
  assert.equal(isDue(state({})), false);
  assert.equal(isDue(state({ nowMs: at('2026-11-02T02:59:59.999') })), false);
  assert.equal(isDue(state({ nowMs: at('2026-11-02T03:00') })), true);
});

test('times that were missed make one backup', () => {
  const nowMs = at('2026-11-20T09:00');
  assert.equal(isDue(state({ nowMs })), true);
  assert.equal(isDue(state({ nowMs, madeMs: [nowMs - 1] })), false);
  assert.equal(isDue(state({ nowMs, sinceMs: nowMs - 1 })), false);
});

test('a backup before an upgrade counts as the one of the clock', () => {
  assert.equal(
    isDue(state({ nowMs: at('2026-11-02T03:00'), madeMs: [at('2026-11-02T03:00') - 60_000] })),
    true,
  );
  assert.equal(isDue(state({ nowMs: at('2026-11-02T03:05'), madeMs: [at('2026-11-02T03:01')] })), false);
});

test('what a clock that ran ahead has written holds no backup back for years', () => {
  const [wrong, now] = [at('2036-01-01T00:00'), at('2026-11-02T04:00')];
  assert.equal(isUnnoted(state({ sinceMs: wrong, nowMs: now })), true);
  assert.equal(isDue(state({ sinceMs: wrong, nowMs: now })), false);
  // Noted anew: the next time counts.
  const again = { sinceMs: now, madeMs: [wrong] };
  assert.equal(isDue(state({ ...again, nowMs: now })), false);
  assert.equal(isDue(state({ ...again, nowMs: at('2026-11-03T03:00') })), true);
});

test('another schedule is noted first: what it would have asked for in the past is not missed', () => {
  const noted = { expression: '0 1 * * *', sinceMs: 0 };
  assert.equal(isUnnoted(state({ noted })), true);
  assert.equal(isDue(state({ noted, nowMs: at('2026-11-02T03:00') })), false);
  assert.equal(isDue(state({ noted: undefined, nowMs: at('2026-11-02T03:00') })), false);
});
