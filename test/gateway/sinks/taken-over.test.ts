/** A device that was taken over says what it likes: others, and the gateway, are not to notice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { Series } from '../../../core/telemetry/record/metrics.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { forwardEntry } from '../../../gateway/sinks/fluentd/forward-entry.ts';
import { defaultLabels } from '../../../gateway/sinks/loki/loki.ts';
import { pushBody } from '../../../gateway/sinks/loki/push-body.ts';
import { mostOfDevice, StreamRoom } from '../../../gateway/sinks/loki/stream-room.ts';
import { StartTimes } from '../../../gateway/sinks/otlp/start-times.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { eventDelivery, logDelivery } from './receivers/deliveries.ts';
import { Branches, Followed, type FollowOptions, line, ownFolder, Receiver } from './rig.ts';

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, at) => from + at);

const cpuMs = () => process.cpuUsage().user / 1000;

async function following(
  branches: Branches,
  more: Partial<FollowOptions>,
  look: (followed: Followed, receiver: Receiver) => Promise<void>,
): Promise<void> {
  using folder = ownFolder();
  const receiver = new Receiver();
  const followed = await Followed.open({ branches, receiver, folder: folder.path, ...more });
  followed.start();
  try {
    await look(followed, receiver);
  } finally {
    await followed.stop();
  }
}

test('a segment that is named in hundreds of places is told as often as a commit may be long, and holds nothing up', async () => {
  const branches = new Branches('evil-1', 'pump-1');
  const bomb = writeSegment(numbers(20_000).map(number => line(number, '')));
  const files = numbers(300).map((number): [string, Buffer] => {
    const container = String(number).padStart(12, '0');
    const at = { project: 'shop', service: 'web', container, sequence: 1 };
    return [segmentPath({ kind: 'logs', class: 'log', ...at }), bomb];
  });
  branches.commit('evil-1', new Map(files));
  branches.say('pump-1', { errors: [1] });
  // Processor time: the machine has other work.
  let [last, longest] = [cpuMs(), 0];
  const timer = setInterval(() => {
    longest = Math.max(longest, cpuMs() - last);
    last = cpuMs();
  }, 5);
  // Nothing passes: no batch is full, and no receiver is waited for.
  await following(branches, { filter: { apps: ['none', 'shop'], level: 'fatal' } }, async followed => {
    await eventually(() => followed.follower.backlog.behind === 0 && followed.counts.skipped.unreadable > 0);
    // 250,000 records are 13 of these; each of the others counts as one that cannot be read.
    assert.equal(followed.counts.skipped.unreadable, 300 - 13);
  });
  clearInterval(timer);
  assert.ok(longest < 1500, `the loop stood still for ${Math.round(longest)} ms`);
});

test('a device with tens of thousands of records holds another up for one turn, and not for all of them', async () => {
  const branches = new Branches('evil-1', 'pump-1');
  for (const at of numbers(6)) branches.say('evil-1', { logs: numbers(5000, at * 5000) });
  branches.say('pump-1', { logs: [1] });
  await following(branches, {}, async (_followed, receiver) => {
    await eventually(() => receiver.had.length === 30_001);
    const at = receiver.ids.findIndex(id => id.startsWith('pump-1/'));
    assert.ok(at <= 20_000, `pump-1 came after ${at} records`);
    assert.equal(new Set(receiver.ids).size, 30_001);
  });
});

test('what passes a filter is sent while a long backlog of which nothing passes is still being read', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  branches.say('pump-1', { logs: [1], project: 'wanted' });
  for (const at of numbers(20)) branches.say('pump-2', { logs: [at], project: 'other' });
  const system = createSystemClock();
  let slowMs = 0;
  // Reading takes long: each look at the clock is 200 ms later.
  const clock: Clock = {
    ...system,
    monotonic: () => (slowMs += 200),
    now: () => system.now(),
    sleep: (ms, signal) => system.sleep(ms, signal),
  };
  let behind = 0;
  await following(branches, { clock, filter: { apps: ['wanted'] } }, async (followed, receiver) => {
    receiver.answer = () => {
      behind = followed.follower.backlog.behind;
      return [];
    };
    await eventually(() => receiver.had.length === 1 && followed.follower.backlog.behind === 0);
  });
  assert.ok(behind > 0, 'the batch waited for the end of the backlog');
});

test('a thousand commits that no key has signed are counted, and are no thousand lines in the log', async () => {
  const branches = new Branches('evil-1');
  for (const at of numbers(50)) branches.say('evil-1', { logs: [at], signer: undefined });
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (text: string) => void lines.push(text) });
  await following(branches, { log }, async followed => {
    await eventually(() => followed.counts.skipped.forged === 50);
  });
  assert.equal(lines.length, 1);
});

test('a commit of the year 33658 is of now, and one that is three hours ahead is as its device says', async () => {
  const nowSec = Math.floor(Date.now() / 1000);
  const branches = new Branches('evil-1', 'pump-1');
  branches.say('evil-1', { logs: [1], timeSec: 999_999_999_999 });
  branches.say('pump-1', { logs: [1], timeSec: nowSec + 3 * 3600 });
  await following(branches, {}, async (_followed, receiver) => {
    await eventually(() => receiver.had.length === 2);
    const [evil, pump] = receiver.had.map(({ origin }) => origin.commitMs / 1000 - nowSec);
    assert.ok(evil !== undefined && Math.abs(evil) < 120, `${evil}`);
    assert.equal(pump, 3 * 3600);
  });
});

test('a device that names thousands of apps has no more than its streams in Loki, and the names go along with its lines', () => {
  const room = new StreamRoom();
  const mayHave = (device: string, stream: string) => room.has(device, stream, 0);
  const streams = new Set<string>();
  let other: unknown;
  for (const at of numbers(1000)) {
    const body = pushBody([{ ...logDelivery(at), project: `app-${at}` }], defaultLabels, mayHave) ?? '';
    const {
      streams: [first],
    } = JSON.parse(body);
    streams.add(JSON.stringify(first.stream));
    if (first.stream.project === 'too_many') other ??= first.values[0][2].field_project;
  }
  assert.equal(streams.size, mostOfDevice + 1);
  assert.equal(other, `app-${mostOfDevice + 1}`);
  const honest = { ...logDelivery(1, { origin: { device: 'pump-18' } }), project: 'app-999' };
  assert.match(pushBody([honest], defaultLabels, mayHave) ?? '', /"project":"app-999"/);
});

test('a field of an event that is called as a label is becomes none', () => {
  const event = eventDelivery(1);
  const { project: _project, service: _service, ...record } = event.record;
  const said = { ...record, fields: { project: 'made-up', level: 'x', stream: 'y' } };
  const {
    streams: [first],
  } = JSON.parse(pushBody([{ ...event, record: said }], [...defaultLabels, 'stream']) ?? '');
  assert.deepEqual(first.stream, { fleet: 'acme', device_id: 'pump-17', kind: 'event' });
  assert.equal(first.values[0][2].field_project, 'made-up');
});

test('a tag that a device makes up leads out of no folder and begins no line', () => {
  const tagOf = (tag: string) =>
    forwardEntry(
      logDelivery(1, { record: { fields: { 'docker.driver': 'fluentd', 'docker.tag': tag } } }),
      't',
    ).tag;
  assert.equal(tagOf('../../etc/cron.d/x\n'), './../etc/cron.d/x_'.replace('/../', '/./'));
  assert.equal(tagOf('docker.web/1'), 'docker.web/1');
  assert.equal(tagOf(''), 't.shop.web');
  assert.equal(tagOf('x'.repeat(9000)).length, 255);
});

test('counters and starts of thousands of containers are brought together in the time of reading them', () => {
  const named = (name: string, type: Series['type'], from: number) =>
    numbers(6000).map(
      (at): Series => ({ name, type, labels: { container: `c${from + at}`, service: 'web' } }),
    );
  const series = [
    ...named('container_start_time_seconds', 'gauge', 0),
    ...named('container_cpu_usage_seconds_total', 'counter', 1),
  ];
  const began = cpuMs();
  const starts = new StartTimes({ series, moments: [] });
  const tookMs = cpuMs() - began;
  assert.deepEqual(
    starts.of(
      6000,
      series.map((_, at) => at),
    ),
    { seconds: 1, nanoseconds: 0 },
  );
  assert.ok(tookMs < 1000, `${Math.round(tookMs)} ms`);
});
