import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cause, FlushPolicy, fullBytes } from '../../../agent/telemetry/flush/flush-policy.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Time in our hands: what is due is carried out as it comes due, and `wants` says what comes meanwhile. */
class Simulation {
  nowMs = 0;
  waiting = 0;
  bytes = 20_000;
  outcome: 'pushed' | 'nothing' | 'no room' | 'failed' = 'pushed';
  readonly policy = new FlushPolicy(() => 0.5, 0);
  readonly done: { readonly cause: Cause; readonly atMs: number }[] = [];

  run(untilMs: number, everyMs = Number.POSITIVE_INFINITY, wants: () => void = () => {}): void {
    let nextMs = this.nowMs;
    for (;;) {
      const { cause, atMs } = this.policy.next(this.waiting);
      const wantsAt = everyMs === Number.POSITIVE_INFINITY ? untilMs : nextMs;
      if (Math.min(Math.max(atMs, this.nowMs), wantsAt) >= untilMs) break;
      if (wantsAt <= atMs) {
        this.nowMs = Math.max(this.nowMs, wantsAt);
        wants();
        nextMs += everyMs;
        continue;
      }
      this.nowMs = Math.max(this.nowMs, atMs);
      this.#carryOut(cause);
    }
    this.nowMs = untilMs;
  }

  #carryOut(cause: Cause): void {
    this.policy.begin(cause, this.nowMs);
    if (cause !== 'full') this.policy.settled(this.nowMs);
    if (cause === 'aged') return;
    this.done.push({ cause, atMs: this.nowMs });
    if (this.outcome === 'failed') this.policy.failed(this.nowMs);
    else if (this.outcome === 'nothing') this.policy.idle();
    else if (this.outcome === 'no room') this.policy.hasNoRoom(cause, this.nowMs);
    else {
      this.waiting = Math.max(0, this.waiting - this.bytes);
      const { bytes, waiting } = this;
      this.policy.pushed(cause, { bytes, left: waiting > 0, isBack: false }, this.nowMs);
    }
  }

  times(cause: Cause): number[] {
    return this.done.filter(done => done.cause === cause).map(({ atMs }) => atMs);
  }
}

const shortest = (times: readonly number[]) =>
  Math.min(...times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0)));

test('what waits is pushed at 64 KB, and what the commit had no room for comes after a pause', () => {
  const run = new Simulation();
  run.waiting = fullBytes - 1;
  run.run(hour - 1);
  assert.deepEqual(run.done, []);
  run.bytes = 1_000_000;
  run.waiting = 3_500_000;
  run.run(hour + 5 * minute);
  const times = run.times('full');
  assert.equal(times.length, 4);
  assert.ok(shortest(times) > 7_600, 'a megabyte at 128 KiB a second');
});

test('a flood of errors is gathered: the first goes within a second, a day of it is a commit a minute', () => {
  const run = new Simulation();
  run.policy.urgent(0);
  run.run(1_500);
  assert.deepEqual(run.times('urgent'), [1_000]);
  run.run(24 * hour, 100, () => run.policy.urgent(run.nowMs));
  const { length } = run.times('urgent');
  assert.ok(length < 24 * 60 + 10, `${length} commits`);
  run.run(run.nowMs + hour);
  const before = run.nowMs;
  run.policy.urgent(before);
  run.run(before + 2_000);
  assert.equal(run.times('urgent').at(-1), before + 1_000, 'after calm it is as quick as ever');
});

test('a flood of hints is obeyed once in 3 s and 200 times an hour, however it is sent', () => {
  const run = new Simulation();
  run.run(3 * hour, 50, () => {
    run.waiting = 100;
    run.policy.asked(run.nowMs);
  });
  const times = run.times('asked');
  assert.ok(shortest(times) >= 3_000);
  for (const from of times) assert.ok(times.filter(at => at >= from && at < from + hour).length <= 200);
  assert.ok(times.length >= 590, `${times.length} in three hours`);
});

test('hints that find nothing new cost none of the 200, but no more than one look in 3 s', () => {
  const run = new Simulation();
  run.outcome = 'nothing';
  run.run(hour - 1, 500, () => run.policy.asked(run.nowMs));
  assert.ok(shortest(run.times('asked')) >= 3_000);
  const looks = run.done.length;
  run.outcome = 'pushed';
  run.run(hour + 4 * minute, 500, () => run.policy.asked(run.nowMs));
  assert.ok(run.done.length - looks > 70);
});

test('a day that has no room for it is asked again after minutes, by hints as by what waits', () => {
  const run = new Simulation();
  run.outcome = 'no room';
  run.waiting = 10 * fullBytes;
  run.run(hour, 1_000, () => {
    run.policy.asked(run.nowMs);
    run.policy.urgent(run.nowMs);
  });
  assert.ok(run.done.length <= 14, `${run.done.length} tries in an hour`);
});

test('a gateway that does not answer is asked ever more rarely, and as it says when it says so', () => {
  const run = new Simulation();
  run.outcome = 'failed';
  run.waiting = 10 * fullBytes;
  run.run(12 * hour, 1_000, () => run.policy.urgent(run.nowMs));
  const { length } = run.done;
  assert.ok(length > 100 && length < 160, `${length} tries in twelve hours`);
  run.policy.failed(run.nowMs, hour);
  const from = run.nowMs;
  run.run(from + 2 * hour);
  assert.ok((run.done[length]?.atMs ?? 0) >= from + hour);
});

test('after an outage the backlog goes at a limited rate, and devices do not begin all at once', () => {
  const begun = [0, 0.99].map(random => {
    const policy = new FlushPolicy(() => random, 0);
    policy.failed(0);
    policy.settled(hour);
    policy.pushed('full', { bytes: 2_000, left: true, isBack: true }, hour);
    return policy.next(50_000_000);
  });
  assert.deepEqual(begun, [
    { cause: 'full', atMs: hour + 3_000 },
    { cause: 'full', atMs: hour + 3_000 + 59_400 },
  ]);
  const run = new Simulation();
  run.waiting = 50 * 1024 * 1024;
  run.bytes = 1024 * 1024;
  run.run(hour - 1);
  const seconds = ((run.times('full').at(-1) ?? 0) - (run.times('full')[0] ?? 0)) / 1000;
  assert.ok(seconds >= 49 * 8, `50 MiB in ${seconds} s`);
});

test('an error that was told while the gateway was away goes right after the status', () => {
  const policy = new FlushPolicy(() => 0.5, 0);
  policy.urgent(0);
  policy.begin('urgent', 1_000);
  policy.failed(1_000);
  policy.begin('urgent', 10_000);
  policy.pushed('urgent', { bytes: 2_000, left: false, isBack: true }, 10_000);
  assert.deepEqual(policy.next(0), { cause: 'urgent', atMs: 15_000 });
});

test('an error that is told while a push is under way is for the next one', () => {
  const policy = new FlushPolicy(() => 0.5, 0);
  policy.urgent(0);
  policy.begin('urgent', 1_000);
  policy.urgent(1_500);
  policy.pushed('urgent', { bytes: 2_000, left: false, isBack: false }, 2_000);
  assert.deepEqual(policy.next(0), { cause: 'urgent', atMs: 7_000 });
});

test('whatever comes together, there are at most 20 pushes in a minute', () => {
  const run = new Simulation();
  run.bytes = 70_000;
  run.run(20 * minute, 200, () => {
    run.waiting += 100_000;
    run.policy.urgent(run.nowMs);
    run.policy.asked(run.nowMs);
  });
  const times = run.done.map(({ atMs }) => atMs);
  for (const from of times) assert.ok(times.filter(at => at >= from && at < from + minute).length <= 20);
});

test('what is in memory goes to the disk each hour, whether or not anybody hears it', () => {
  const policy = new FlushPolicy(() => 0, 0);
  assert.deepEqual(policy.next(0), { cause: 'aged', atMs: hour });
  policy.settled(hour);
  assert.deepEqual(policy.next(0), { cause: 'aged', atMs: 2 * hour });
});

test('that hints have used up their share keeps no error back', () => {
  const policy = new FlushPolicy(() => 0.5, 0);
  policy.asked(0);
  policy.urgent(0);
  assert.equal(policy.next(1).cause, 'asked');
  policy.begin('asked', 0);
  policy.hasNoRoom('asked', 0);
  const { cause, atMs } = policy.next(1);
  assert.deepEqual([cause, atMs <= 1_000], ['urgent', true]);
});
