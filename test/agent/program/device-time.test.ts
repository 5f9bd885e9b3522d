import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { DeviceTime } from '../../../agent/program/device-time.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 6, 1);
let folder: string;
let clock: ReturnType<typeof handClock>;

function handClock() {
  const state = { wall: start, monotonic: 5_000 };
  return {
    state,
    /** Time goes by; the wall clock with it. */
    pass(ms: number) {
      state.wall += ms;
      state.monotonic += ms;
    },
    now: () => state.wall,
    monotonic: () => state.monotonic,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
  };
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-time-'));
  clock = handClock();
});
afterEach(() => rm(folder, { recursive: true }));

test('now is the greatest of wall clock, line time and what was seen; it goes on by the monotonic clock', async () => {
  const time = await DeviceTime.open(clock, folder);
  assert.equal(time.now(), start);
  assert.equal(time.unsynchronised, undefined);
  time.saw(start + 2 * hour);
  assert.equal(time.now(), start + 2 * hour);
  assert.match(time.unsynchronised ?? '', /shows 2026-07-01T00:00:00Z, but it has been 2026-07-01T02:00:00Z/);
  clock.pass(hour);
  assert.equal(time.now(), start + 3 * hour);
  clock.state.wall = start + 4 * hour;
  assert.equal(time.now(), start + 4 * hour);
  assert.equal(time.unsynchronised, undefined);
});

test('a clock that is set back makes nothing younger than what is vouched for, also after a restart without a battery', async () => {
  const time = await DeviceTime.open(clock, folder);
  time.saw(start);
  clock.pass(30 * hour);
  await time.persist();
  const booted = handClock();
  booted.state.wall = 0;
  booted.state.monotonic = 0;
  const again = await DeviceTime.open(booted, folder);
  assert.equal(again.now(), start + 30 * hour);
  assert.ok(again.unsynchronised !== undefined);
  booted.state.wall = start + 31 * hour;
  assert.equal(again.unsynchronised, undefined);
});

test('a few minutes back are no reason to distrust a clock: NTP steps', async () => {
  const time = await DeviceTime.open(clock, folder);
  time.now();
  clock.state.wall -= 5 * 60_000;
  assert.equal(time.unsynchronised, undefined);
  assert.equal(time.now(), start);
});

test('a wall clock that was once ahead is believed while it is, and leaves nothing behind', async () => {
  const time = await DeviceTime.open(clock, folder);
  time.saw(start - hour);
  clock.state.wall = Date.UTC(2099, 0, 1);
  assert.equal(time.now(), Date.UTC(2099, 0, 1));
  await time.persist();
  clock.pass(2 * hour);
  await time.persist();
  clock.state.wall = start + 2 * hour;
  assert.equal(time.now(), start + 2 * hour, 'put right while the agent runs');
  assert.equal(time.unsynchronised, undefined);
  assert.equal((await DeviceTime.open(clock, folder)).now(), start + 2 * hour, 'and after a restart');
});

test('the first reading may be the wrong one', async () => {
  clock.state.wall = Date.UTC(2099, 0, 1);
  const time = await DeviceTime.open(clock, folder);
  time.saw(start - hour);
  time.now();
  clock.state.wall = start;
  assert.equal(time.now(), start);
  assert.equal(time.unsynchronised, undefined);
});

test('line time that was reset to an earlier one takes back what came from it, on the disk too', async () => {
  const time = await DeviceTime.open(clock, folder);
  time.saw(Date.UTC(2099, 0, 1));
  assert.ok(time.unsynchronised !== undefined);
  await time.persist();
  clock.pass(hour);
  await time.persist();
  const again = await DeviceTime.open(clock, folder);
  again.saw(start);
  assert.equal(again.now(), start + hour);
  assert.equal(again.unsynchronised, undefined);
  await again.persist();
  assert.equal((await DeviceTime.open(clock, folder)).now(), start + hour);
});

test('what was seen is written once an hour at most', async () => {
  const time = await DeviceTime.open(clock, folder);
  time.saw(start);
  await time.persist();
  const file = path.join(folder, 'time');
  const first = await readFile(file, 'utf8');
  for (let minute = 0; minute < 59; minute += 1) {
    clock.pass(60_000);
    await time.persist();
  }
  assert.equal(await readFile(file, 'utf8'), first);
  clock.pass(60_000);
  await time.persist();
  assert.notEqual(await readFile(file, 'utf8'), first);
});

test('garbage in what was kept: line time and the wall clock are what there is', async () => {
  for (const garbage of [
    '',
    '{}',
    '{"number":1,"value":9e99}\n',
    '{"number":1,"value":{"lineMs":1}}\n',
    '\0'.repeat(100),
  ]) {
    for (const name of ['time', 'time.copy']) await writeFile(path.join(folder, name), garbage);
    assert.equal((await DeviceTime.open(clock, folder)).now(), start);
  }
});
