/** Commits of devices on their way to a receiver that is slow, away, choosy or killed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { pauseMs } from '../../../gateway/sinks/follow/backoff.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { Branches, Followed, type FollowOptions, ownFolder, Receiver } from './rig.ts';

const system = createSystemClock();
/** Pauses after failures are as long as a test has time. */
const hurried: Clock = {
  now: () => system.now(),
  monotonic: () => system.monotonic(),
  sleep: (ms, signal) => system.sleep(Math.min(ms, 10), signal),
};
const idsOf = (device: string, ...numbers: readonly number[]) =>
  numbers.map(n => `${device}/c0ffee000001/${n}`);

/** A sink over branches, in a folder that goes with the test. */
async function follow(
  branches: Branches,
  more: Partial<FollowOptions> = {},
): Promise<
  AsyncDisposable & { receiver: Receiver; folder: string; followed: Followed; again(): Promise<void> }
> {
  const folder = ownFolder();
  const receiver = more.receiver instanceof Receiver ? more.receiver : new Receiver();
  const open = async () =>
    (await Followed.open({ branches, folder: folder.path, clock: hurried, ...more, receiver })).start();
  const rig = {
    ...{ receiver, folder: folder.path, followed: await open() },
    /** The gateway starts anew. */
    again: async () => {
      await rig.followed.stop();
      rig.followed = await open();
    },
    [Symbol.asyncDispose]: async () => {
      await rig.followed.stop();
      folder[Symbol.dispose]();
    },
  };
  return rig;
}

test('each record is delivered once, the oldest commit of a device first, also after a restart', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  branches.say('pump-1', { logs: [1, 2] });
  branches.say('pump-1', { logs: [3, 5], errors: [4] });
  branches.say('pump-2', { logs: [1] });
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 6);
  assert.deepEqual(rig.receiver.ids, [...idsOf('pump-1', 1, 2, 3, 4, 5), ...idsOf('pump-2', 1)]);
  await rig.again();
  branches.say('pump-1', { logs: [6] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 7);
  assert.equal(rig.receiver.ids.at(-1), 'pump-1/c0ffee000001/6');
  assert.equal(rig.followed.counts.again, 0);
});

test('a commit with more records than a batch goes on where it was, also after a restart', async () => {
  const branches = new Branches('pump-1');
  branches.say('pump-1', { logs: [1, 2, 3, 4, 5] });
  const receiver = new Receiver();
  receiver.answer = () => {
    if (receiver.had.length >= 2) throw new Error('away');
    return [];
  };
  await using rig = await follow(branches, { receiver, records: 2 });
  await eventually(() => rig.followed.counts.errors > 0);
  await rig.followed.stop();
  receiver.answer = () => [];
  await rig.again();
  await eventually(() => receiver.had.length === 5);
  assert.deepEqual(receiver.ids, idsOf('pump-1', 1, 2, 3, 4, 5));
});

test('what was on its way when the gateway was killed comes again with the same ids, and is counted', async () => {
  const branches = new Branches('pump-1');
  branches.say('pump-1', { logs: [1, 2, 3] });
  branches.say('pump-1', { logs: [4] });
  const receiver = new Receiver();
  // It has them, and its answer never comes.
  let hang: (() => void) | undefined;
  receiver.answer = batch => {
    receiver.had.push(...batch);
    return new Promise((_, reject) => {
      hang = () => reject(new Error('killed'));
    });
  };
  await using rig = await follow(branches, { receiver, records: 3 });
  await eventually(() => hang !== undefined);
  const ended = rig.followed.stop();
  hang?.();
  await ended;
  assert.deepEqual(receiver.ids, idsOf('pump-1', 1, 2, 3));
  receiver.answer = () => [];
  await rig.again();
  await eventually(() => receiver.had.length === 7);
  assert.deepEqual(receiver.ids, idsOf('pump-1', 1, 2, 3, 1, 2, 3, 4));
  assert.equal(rig.followed.counts.again, 3);
});

test('one sink that is down delays no other, and has all of it when it is back', async () => {
  const branches = new Branches('pump-1');
  const down = new Receiver();
  down.answer = () => Promise.reject(new Error('503'));
  await using first = await follow(branches, { receiver: down });
  await using second = await follow(branches);
  for (let number = 1; number <= 50; number += 1) branches.say('pump-1', { logs: [number] });
  first.followed.look();
  second.followed.look();
  await eventually(() => second.receiver.had.length === 50);
  assert.equal(down.had.length, 0);
  await eventually(() => first.followed.follower.lagMs > 0);
  await eventually(() => first.followed.follower.error === '503');
  down.answer = () => [];
  await eventually(() => down.had.length === 50);
  await eventually(() => first.followed.follower.error === undefined);
});

test('a poison record goes to the dead letters with the words of the receiver, and what stands beside it is delivered', async () => {
  const branches = new Branches('pump-1');
  branches.say('pump-1', { logs: [1, 2, 3, 4, 5, 6, 7, 8] });
  const receiver = new Receiver();
  receiver.answer = batch => {
    const poisoned = batch.some(({ id }) => id.endsWith('/5'));
    if (poisoned) throw new TowlineError('TELEMETRY_BATCH_REFUSED', 'mapper_parsing_exception');
    return batch.filter(({ id }) => id.endsWith('/2')).map(delivery => ({ delivery, reason: 'too old' }));
  };
  await using rig = await follow(branches, { receiver });
  await eventually(() => receiver.had.length === 6);
  assert.deepEqual(receiver.ids, idsOf('pump-1', 1, 3, 4, 6, 7, 8));
  const dead = readFileSync(join(rig.folder, 'dead-letters.ndjson'), 'utf8').trim().split('\n');
  const told = dead.map(text => JSON.parse(text)).map(({ id, reason }) => `${id} ${reason}`);
  assert.deepEqual(told, ['pump-1/c0ffee000001/2 too old', 'pump-1/c0ffee000001/5 mapper_parsing_exception']);
  assert.equal(rig.followed.counts.refused, 2);
  assert.equal(rig.followed.counts.errors, 0);
});

test('commits that no key of the device has signed are skipped and counted, and those of its earlier key are not', async () => {
  const branches = new Branches('pump-1');
  branches.say('pump-1', { logs: [1] });
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 1);
  branches.say('pump-1', { logs: [2] });
  branches.say('pump-1', { logs: [3], signer: new MemoryKey() });
  branches.say('pump-1', { logs: [4], signer: undefined });
  branches.keys.set('pump-1', new MemoryKey());
  branches.publish();
  branches.say('pump-1', { logs: [5] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 3);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 1, 2, 5));
  assert.equal(rig.followed.counts.skipped.forged, 2);
});

test('from the first commit by a newer key on, an earlier key signs nothing more, and a replay has all that it had signed', async () => {
  const branches = new Branches('pump-1');
  const earlier = branches.keys.get('pump-1');
  await using rig = await follow(branches);
  branches.say('pump-1', { logs: [1] });
  branches.keys.set('pump-1', new MemoryKey());
  branches.publish();
  branches.say('pump-1', { logs: [2], signer: earlier });
  branches.say('pump-1', { logs: [3] });
  branches.say('pump-1', { logs: [4], signer: earlier });
  branches.say('pump-1', { logs: [5] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 4);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 1, 2, 3, 5));
  assert.equal(rig.followed.counts.skipped.forged, 1);
  await rig.followed.follower.replay(0);
  await eventually(() => rig.receiver.had.length === 8);
  assert.deepEqual(rig.receiver.ids.slice(4), idsOf('pump-1', 1, 2, 3, 5));
});

test('an id that left the fleet and came back with another key is another device', async () => {
  const branches = new Branches('pump-1');
  await using rig = await follow(branches);
  const key = branches.keys.get('pump-1');
  branches.keys.delete('pump-1');
  branches.publish();
  branches.keys.set('pump-1', new MemoryKey());
  branches.publish();
  branches.say('pump-1', { logs: [1], signer: key });
  branches.say('pump-1', { logs: [2] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 1);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 2));
  assert.equal(rig.followed.counts.skipped.forged, 1);
});

test('of a revoked device nothing is delivered, and a memory forgets it', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  await using rig = await follow(branches);
  branches.change('pump-1', { revoked: true });
  branches.say('pump-1', { logs: [1] });
  branches.say('pump-2', { logs: [1] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 1);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-2', 1));
  assert.ok(rig.receiver.forgotten.includes('pump-1'));
});

test('what retention has taken away is a gap that is counted, and what is kept is delivered', async () => {
  const branches = new Branches('pump-1');
  branches.say('pump-1', { logs: [1] });
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 1);
  // A branch whose older commits are not there any more.
  branches.refs.set(telemetryRef('pump-1'), '7'.repeat(40));
  branches.say('pump-1', { logs: [9] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 2);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 1, 9));
  assert.equal(rig.followed.counts.skipped.cut, 1);
});

test('a filter passes apps, devices and levels', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  branches.change('pump-1', { labels: { site: 'berlin' } });
  branches.say('pump-1', { logs: [1] });
  branches.say('pump-1', { logs: [2], project: 'other' });
  branches.say('pump-2', { logs: [1] });
  const filter = { apps: ['shop'], devices: { labels: { site: 'berlin' } } };
  await using rig = await follow(branches, { filter });
  await using loud = await follow(branches, { filter: { level: 'error' } });
  await using metrics = await follow(branches, { filter: { kinds: ['metrics'] } });
  await eventually(() => rig.receiver.had.length === 1);
  branches.say('pump-1', { logs: [3] });
  for (const { followed } of [rig, loud, metrics]) followed.look();
  await eventually(() => rig.receiver.had.length === 2);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 1, 3));
  assert.deepEqual([...loud.receiver.ids, ...metrics.receiver.ids], []);
});

test('measurements of the future are dropped and counted, those of the past are not', async () => {
  const branches = new Branches('pump-1');
  const series = [{ name: 'node_load1', type: 'gauge' as const, labels: {} }];
  const moments = [1000, Date.now(), Date.now() + 3 * 3_600_000, 4_070_908_800_000];
  branches.say('pump-1', {
    metrics: [{ series, moments: moments.map(timeMs => ({ timeMs, values: [1] })) }],
  });
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 1);
  const [delivery] = rig.receiver.had;
  assert.equal(delivery?.kind === 'metrics' && delivery.blocks[0]?.moments.length, 2);
  assert.equal(rig.followed.counts.skipped.ahead, 2);
});

test('a hostile commit is counted, and what follows it is delivered', async () => {
  const branches = new Branches('pump-1');
  const bomb = gzipSync(Buffer.alloc(5 * 1024 * 1024, 0x20));
  branches.commit('pump-1', new Map([['logs/shop/web/c0ffee000001-000000000001-log.ndjson.gz', bomb]]));
  const deep = new Map([['a/b/c/d/e/f/g', 'x']]);
  branches.commit('pump-1', deep);
  branches.say('pump-1', { logs: [7] });
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 1);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 7));
  assert.deepEqual([rig.followed.counts.skipped.unreadable, rig.followed.counts.skipped.forged], [1, 1]);
});

test('a replay tells again what was recorded since a time, while the sink runs, and once', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  for (const number of [1, 2, 3]) branches.say('pump-1', { logs: [number], timeSec: 1_790_000_000 + number });
  branches.say('pump-2', { logs: [1], timeSec: 1_790_000_000 });
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 4);
  await eventually(() => rig.followed.follower.lagMs === 0);
  rig.receiver.had.length = 0;
  assert.equal(await rig.followed.follower.replay(1_790_000_002_000), 1);
  await eventually(() => rig.receiver.had.length === 2);
  await rig.again();
  branches.say('pump-2', { logs: [2] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 3);
  assert.deepEqual(rig.receiver.ids, [...idsOf('pump-1', 2, 3), ...idsOf('pump-2', 2)]);
});

test('a sink that is a memory begins at the newest commit of each device', async () => {
  const branches = new Branches('pump-1');
  for (const number of [1, 2, 3]) branches.say('pump-1', { logs: [number] });
  await using rig = await follow(branches, { receiver: new Receiver(true) });
  await eventually(() => rig.receiver.had.length === 1);
  branches.say('pump-1', { logs: [4] });
  rig.followed.look();
  await eventually(() => rig.receiver.had.length === 2);
  assert.deepEqual(rig.receiver.ids, idsOf('pump-1', 3, 4));
});

test('a repository that cannot be read for a moment loses nothing', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  for (const number of [1, 2, 3]) branches.say('pump-1', { logs: [number] });
  branches.say('pump-2', { logs: [1] });
  const { repository } = branches;
  const read = repository.read.bind(repository);
  let reads = 0;
  repository.read = id => {
    reads += 1;
    if (reads % 3 === 0 && reads < 40)
      return Promise.reject(new TowlineError('TRUST_OBJECT_SOURCE', 'git cat-file: it ended'));
    return read(id);
  };
  await using rig = await follow(branches);
  await eventually(() => rig.receiver.had.length === 4);
  assert.deepEqual(rig.receiver.ids.toSorted(), [...idsOf('pump-1', 1, 2, 3), ...idsOf('pump-2', 1)]);
  assert.ok(rig.followed.counts.errors > 0);
});

test('pauses grow up to minutes, with a jitter, and a receiver that names a time is not asked before', () => {
  const refused = new TowlineError('TELEMETRY_RECEIVER_BUSY', '429', { details: { retryAfterMs: 90_000 } });
  assert.deepEqual(
    [1, 2, 4, 99].map(failures => pauseMs(failures, undefined, 1)),
    [1000, 2000, 8000, 120_000],
  );
  assert.equal(pauseMs(99, undefined, 0), 60_000);
  assert.equal(pauseMs(1, refused, 0.5), 90_000);
});
