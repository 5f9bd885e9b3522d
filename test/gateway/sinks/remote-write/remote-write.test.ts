import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TowlineError } from '../../../../core/errors.ts';
import type { MetricBlock } from '../../../../core/telemetry/record/metrics.ts';
import type { Delivery } from '../../../../gateway/sinks/delivery.ts';
import type { HttpAnswer } from '../../../../gateway/sinks/http/answer.ts';
import { RemoteWriteSink } from '../../../../gateway/sinks/remote-write/remote-write-sink.ts';
import { DeviceLabels } from '../../../../gateway/sinks/series/device-labels.ts';
import { metricsDelivery, startMs } from '../receivers/deliveries.ts';
import { type ReadSeries, readRequest } from './written.ts';

const signal = AbortSignal.timeout(60_000);
const minute = 60_000;

type Answers = (
  request: readonly ReadSeries[],
) => readonly [status: number, text?: string, retryAfter?: string];

/** A receiver that keeps what it takes. */
class Rig {
  answers: Answers = () => [204];
  nowMs = startMs;
  asked = 0;
  readonly taken: string[] = [];
  readonly sink: RemoteWriteSink;

  constructor(seriesPerDevice = 100) {
    const clock = { now: () => this.nowMs, monotonic: () => this.nowMs, sleep: async () => {} };
    const http = {
      where: () => 'http://metrics',
      forget() {},
      close() {},
      send: async ({ body }: { body?: Uint8Array | string }) => this.#answer(Buffer.from(body ?? '')),
    };
    this.sink = new RemoteWriteSink({ http, labels: new DeviceLabels(['site']), seriesPerDevice, clock });
  }

  #answer(body: Buffer): HttpAnswer {
    this.asked += 1;
    const series = readRequest(body);
    const [status, excerpt = '', retry] = this.answers(series);
    if (status < 300)
      for (const { labels, samples } of series)
        this.taken.push(...samples.map(one => `${labels.join(' ')} ${one}`));
    return { status, headers: { 'retry-after': retry }, body: Buffer.from(excerpt), isWhole: true, excerpt };
  }

  count(what: string): number {
    return (
      this.sink.metrics().find(({ name }) => name === `towline_gateway_written_${what}_total`)?.value ?? -1
    );
  }

  deliver(...batch: Delivery[]) {
    return this.sink.deliver(batch, signal);
  }
}

/** `heat` at these times, counted from the start in minutes. */
function heat(
  times: readonly number[],
  values: readonly (number | null)[] = times,
  name = 'heat',
): MetricBlock {
  return {
    series: [{ name, type: 'gauge', labels: { zone: 'b', at: 'a' } }],
    moments: times.map((time, at) => ({ timeMs: startMs + time * minute, values: [values[at] ?? null] })),
  };
}

let number = 0;
function ofDevice(blocks: readonly MetricBlock[], device = 'pump-1') {
  number += 1;
  return metricsDelivery(number, blocks, { device });
}

const at = (minutes: number) => startMs + minutes * minute;
const heatLabels = '__name__=heat at=a device_id=pump-1 site=berlin zone=b';

test('labels are sorted by name, samples by time, and whose they are comes from the commit', async () => {
  const rig = new Rig();
  await rig.deliver(ofDevice([heat([2, 1])]));
  assert.deepEqual(rig.taken, [`${heatLabels} ${at(1)}=1`, `${heatLabels} ${at(2)}=2`]);
});

test('what is older than the newest of its series is dropped and counted, and so is what is more than ten minutes ahead', async () => {
  const rig = new Rig();
  await rig.deliver(ofDevice([heat([5])]));
  await rig.deliver(ofDevice([heat([3, 5, 6, 11, 200])]));
  assert.deepEqual(
    rig.taken,
    [5, 6].map(time => `${heatLabels} ${at(time)}=${time}`),
  );
  assert.deepEqual([rig.count('late'), rig.count('ahead'), rig.count('samples')], [2, 2, 2]);
});

test('two deliveries of a device in one batch are written one after the other', async () => {
  const rig = new Rig();
  await rig.deliver(ofDevice([heat([1])]), ofDevice([heat([2])], 'pump-2'), ofDevice([heat([1, 3])]));
  assert.equal(rig.asked, 2);
  assert.deepEqual([rig.count('samples'), rig.count('late')], [3, 1]);
});

test('a series that a device does not show any more ends there; one of a device that is silent does not', async () => {
  const rig = new Rig();
  await rig.deliver(ofDevice([heat([1, 2, 3], [1, null, 3])]));
  assert.deepEqual(
    rig.taken.splice(0),
    [1, 2, 3].map(time => `${heatLabels} ${at(time)}=${time === 2 ? 'stale' : time}`),
  );
  await rig.deliver(ofDevice([heat([5, 6], [5, 6], 'cold')]));
  assert.ok(rig.taken.includes(`${heatLabels} ${at(5)}=stale`));
  await rig.deliver(ofDevice([heat([7], [7], 'cold')]), ofDevice([heat([1])], 'pump-2'));
  assert.equal(rig.taken.filter(line => line.includes('stale')).length, 1);
});

test('429 and 503 make it come again after the time that the receiver names, and nothing counts as late', async () => {
  for (const status of [429, 503, 500]) {
    const rig = new Rig();
    const batch = [ofDevice([heat([1])])];
    rig.answers = () => [status, 'not now', '7'];
    await assert.rejects(rig.deliver(...batch), (error: unknown) => {
      assert.ok(error instanceof TowlineError && error.code === 'TELEMETRY_RECEIVER_BUSY');
      assert.equal(error.details?.retryAfterMs, 7000);
      return true;
    });
    rig.answers = () => [204];
    assert.deepEqual(await rig.deliver(...batch), []);
    assert.deepEqual([rig.count('samples'), rig.count('late')], [1, 0]);
  }
});

test('one series that is refused is found, and no other series is lost with it', async () => {
  const rig = new Rig();
  rig.answers = series =>
    series.some(({ labels }) => labels.includes('device_id=pump-7')) ? [400, 'label value too long'] : [204];
  const batch = Array.from({ length: 32 }, (_, number) => ofDevice([heat([1, 2])], `pump-${number}`));
  const refused = await rig.deliver(...batch);
  assert.deepEqual(
    refused.map(({ delivery, reason }) => [delivery.origin.device, /too long/.test(reason)]),
    [['pump-7', true]],
  );
  assert.deepEqual([rig.count('samples'), rig.count('refused')], [62, 2]);
  assert.ok(rig.asked < 20, `${rig.asked} requests`);
  // It is not tried again.
  assert.deepEqual(await rig.deliver(ofDevice([heat([3])])), []);
});

test('what the receiver finds too late is counted, is no dead letter, and what is newer is taken', async () => {
  const rig = new Rig();
  rig.answers = series =>
    series.some(({ samples }) => samples.some(one => one.endsWith('=1') || one.endsWith('=2')))
      ? [400, 'out of order sample']
      : [204];
  assert.deepEqual(await rig.deliver(ofDevice([heat([1, 2, 3, 4])])), []);
  assert.deepEqual(
    rig.taken,
    [3, 4].map(time => `${heatLabels} ${at(time)}=${time}`),
  );
  assert.equal(rig.count('refused'), 2);
});

test('after a restart what is new is found among what the receiver has, over many devices, and also where it is busy now and then', async () => {
  const rig = new Rig();
  const newest = new Map<string, number>();
  let asked = 0;
  // As Prometheus: the whole request or nothing of it.
  rig.answers = series => {
    asked += 1;
    if (asked % 7 === 0) return [503];
    const times = series.flatMap(({ labels, samples }) =>
      samples.map(one => [labels.join(), Number(one.split('=')[0])] as const),
    );
    if (times.some(([key, time]) => time < (newest.get(key) ?? 0))) return [400, 'out of order sample'];
    for (const [key, time] of times) newest.set(key, time);
    return [204];
  };
  const names = ['heat', 'cold', 'damp'];
  const batch = Array.from({ length: 32 }, (_, device) =>
    ofDevice(
      names.map(name => heat([1, 2, 3, 4, 5, 6, 7, 8], undefined, name)),
      `pump-${device}`,
    ),
  );
  // Of half of them all is there, of one some of it.
  for (let device = 0; device < 17; device += 1)
    for (const name of names)
      newest.set(
        `__name__=${name},at=a,device_id=pump-${device},site=berlin,zone=b`,
        at(device === 16 ? 5 : 8),
      );
  let tries = 0;
  for (; tries < 200; tries += 1) {
    const refused = await rig.deliver(...batch).catch(() => undefined);
    if (refused !== undefined) break;
  }
  assert.ok(tries < 200, 'it comes to an end');
  const taken = new Set(rig.taken);
  assert.equal(taken.size, 15 * 8 * 3 + 16 * 3 + 4 * 3);
  assert.equal(rig.count('samples'), rig.taken.length);
  assert.ok(rig.asked < 1000, `${rig.asked} requests`);
});

test('a receiver that refuses everything is asked a bounded number of times', async () => {
  const rig = new Rig(1000);
  rig.answers = () => [400, 'no'];
  const series = Array.from(
    { length: 1000 },
    (_, each) => ({ name: `m${each}`, type: 'gauge', labels: {} }) as const,
  );
  const refused = await rig.deliver(
    ofDevice([{ series, moments: [{ timeMs: startMs, values: series.map(() => 1) }] }]),
  );
  assert.equal(refused.length, 1);
  assert.ok(rig.asked < 300, `${rig.asked} requests`);
});

test('a device speaks for no other, and has no more series than allowed', async () => {
  const rig = new Rig(2);
  const series = ['a', 'b', 'c', 'up'].map(
    name => ({ name, type: 'gauge', labels: { device_id: 'x' } }) as const,
  );
  await rig.deliver(ofDevice([{ series, moments: [{ timeMs: startMs, values: [1, 2, 3, 4] }] }]));
  assert.deepEqual(
    rig.taken.map(line => line.replace(/ \d+=/, ' =')),
    ['a', 'b'].map(
      (name, each) => `__name__=${name} device_id=pump-1 exported_device_id=x site=berlin =${each + 1}`,
    ),
  );
  assert.deepEqual([rig.count('over'), rig.count('reserved')], [1, 1]);
});
