import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Clock } from '../../../core/io/clock.ts';
import { TunnelStarts } from '../../../gateway/fleet/tunnel-starts.ts';
import { ReceivedTips } from '../../../gateway/git/received-tips.ts';
import { SmallDisk } from '../../rig/small-disk.ts';

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

const tunnel = { state: 'open', maxDurationMs: 1000, targets: [] } as const;
const open = (...ids: string[]) => new Map(ids.map(id => [id, tunnel]));

test('a tunnel keeps its start across restarts, and a clock set right again takes a start of the future back', async () => {
  const at = async (starts: TunnelStarts, ...ids: string[]) =>
    [...(await starts.use(open(...ids)))].map(([id, { firstOpenMs }]) => [id, firstOpenMs]);
  assert.deepEqual(await at(new TunnelStarts(file, clockAt(right)), 'a'), [['a', right]]);
  const clock = clockAt(ahead);
  const starts = new TunnelStarts(file, clock);
  assert.deepEqual(await at(starts, 'a', 'b'), [
    ['a', right],
    ['b', ahead],
  ]);
  const written = readFileSync(file, 'utf8');
  clock.nowMs = right + 5;
  assert.deepEqual(
    await at(starts, 'a', 'b'),
    [
      ['a', right],
      ['b', right + 5],
    ],
    'while it runs',
  );
  writeFileSync(file, written);
  const again = new TunnelStarts(file, clockAt(right + 9));
  assert.deepEqual(await at(again, 'b'), [['b', right + 9]]);
  assert.match(readFileSync(file, 'utf8'), new RegExp(`"firstOpenMs":${right + 9}`), 'written down');
});

test('another opening of a tunnel has another start; who may come in, and where to, make none', async () => {
  const clock = clockAt(right);
  const starts = new TunnelStarts(file, clock);
  const use = async (change: object) =>
    (await starts.use(new Map([['a', { ...tunnel, ...change }]]))).get('a')?.firstOpenMs;
  assert.equal(await use({}), right);
  clock.nowMs += 5;
  assert.equal(await use({ allow: ['alice'], targets: [{ name: 'web', host: 'h', port: 1 }] }), right);
  assert.equal(await use({ untilMs: ahead }), right + 5);
});

test('what another version has left in its file, or a disk, counts as not noted', async () => {
  for (const left of ['', '{', '[]', `{"a":${right - 9}}`, '{"a":{"key":1}}', '\0']) {
    writeFileSync(file, left);
    const starts = await new TunnelStarts(file, clockAt(right)).use(open('a'));
    assert.equal(starts.get('a')?.firstOpenMs, right);
  }
});

test('tips noted by a clock that was ahead are forgotten once it is right: nothing is cut by them in their year', async () => {
  const received = new ReceivedTips(folder);
  const [one, two] = ['1', '2'].map(digit => digit.repeat(40)) as [string, string];
  await received.note([one], ahead);
  await received.note([two], right);
  assert.deepEqual(await received.before(ahead), [two]);
});

test('a full disk keeps no view from being made, and what was seen is written when there is room', async () => {
  using disk = new SmallDisk(folder, 1);
  const starts = new TunnelStarts(file, clockAt(right));
  disk.fill(0);
  assert.equal((await starts.use(open('a'))).get('a')?.firstOpenMs, right);
  disk.makeRoom();
  await starts.use(open('a'));
  assert.match(readFileSync(file, 'utf8'), new RegExp(`"a":.*${right}`));
});
