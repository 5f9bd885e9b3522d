/** A duration or a number that an app's author has made as long as a scalar may be takes time by its length, and not by the square of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floatOf } from '../../../../core/compose/value/cast.ts';
import { parseDuration } from '../../../../core/compose/value/duration.ts';

/** By the square it is thousands of times as much. */
const mostTimes = 100;
const leastMs = 10;

function msOf(text: string): number {
  const startMs = performance.now();
  parseDuration(text);
  floatOf(text);
  return performance.now() - startMs;
}

test('digits without end are neither at once', () => {
  const plainMs = msOf('x'.repeat(100_000));
  for (const text of [`${'1'.repeat(100_000)}x`, `.${'1'.repeat(100_000)}x`, `1.${'1'.repeat(100_000)}x`]) {
    const ms = msOf(text);
    assert.ok(ms < mostTimes * Math.max(plainMs, leastMs), `${text.slice(0, 4)}: ${ms} ms`);
  }
});

test('a duration is read with its fraction, its dot alone, and several units', () => {
  const second = 1_000_000_000n;
  for (const [text, expected] of [
    ['1.5s', (3n * second) / 2n],
    ['1.s', second],
    ['.5s', second / 2n],
    ['1m30s', 90n * second],
    ['-2d', -172_800n * second],
    ['0', 0n],
    ['.s', undefined],
    ['1..5s', undefined],
    ['1', undefined],
  ] as const)
    assert.equal(parseDuration(text), expected, text);
});
