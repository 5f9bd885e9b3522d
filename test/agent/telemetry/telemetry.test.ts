import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Collector } from '../../../agent/telemetry/collector.ts';
import { Telemetry } from '../../../agent/telemetry/telemetry.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const spool = { put: async () => {}, urgent() {} };

test('whoever has what is in memory put down waits for a put that is under way, and for what came meanwhile', async () => {
  const puts: (() => void)[] = [];
  const sleeps: (() => void)[] = [];
  const collector: Collector = {
    ...{ name: 'slow', look() {}, run: async () => {} },
    settle: () => new Promise(resolve => puts.push(resolve)),
  };
  const clock = {
    ...{ now: () => 0, monotonic: () => 0 },
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleeps.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const telemetry = new Telemetry({ collectors: [collector], spool, clock, log });
  const turns = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const first = telemetry.settle();
  await turns();
  sleeps[0]?.();
  assert.equal(await first, false, 'the disk is slow');
  const [second, third] = [telemetry.settle(), telemetry.settle()];
  await turns();
  assert.equal(puts.length, 1, 'one at a time');
  puts[0]?.();
  await turns();
  assert.equal(puts.length, 2, 'once for both');
  puts[1]?.();
  assert.deepEqual(await Promise.all([second, third]), [true, true]);
});
