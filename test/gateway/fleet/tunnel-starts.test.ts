import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Clock } from '../../../core/io/clock.ts';
import { TunnelStarts } from '../../../gateway/fleet/tunnel-starts.ts';
import { ReceivedTips } from '../../../gateway/git/received-tips.ts';

const right = Date.UTC(2026, 6, 1);
const ahead = Date.UTC(2099, 0, 1);
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towline-starts-'));
  file = join(folder, 'tunnels.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function clockAt(nowMs: number): { nowMs: number } & Clock {
  const clock = { nowMs, now: () => clock.nowMs, monotonic: () => 0, sleep: () => Promise.resolve() };
  return clock;
}

test('a tunnel keeps its start across restarts, and a clock set right again takes a start of the future back', async () => {
  assert.deepEqual([...(await new TunnelStarts(file, clockAt(right)).use(['a']))], [['a', right]]);
  const clock = clockAt(ahead);
  const starts = new TunnelStarts(file, clock);
  assert.deepEqual(
    [...(await starts.use(['a', 'b']))],
    [
      ['a', right],
      ['b', ahead],
    ],
  );
  clock.nowMs = right + 5;
  assert.equal((await starts.use(['a', 'b'])).get('b'), right + 5, 'while it runs');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { a: right, b: right + 5 });
  writeFileSync(file, JSON.stringify({ b: ahead }));
  assert.equal((await new TunnelStarts(file, clockAt(right + 9)).use(['b'])).get('b'), right + 9);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { b: right + 9 }, 'written down');
});

test('tips noted by a clock that was ahead are forgotten once it is right: nothing is cut by them in their year', async () => {
  const received = new ReceivedTips(folder);
  const [one, two] = ['1', '2'].map(digit => digit.repeat(40)) as [string, string];
  await received.note([one], ahead);
  await received.note([two], right);
  assert.deepEqual(await received.before(ahead), [two]);
});
