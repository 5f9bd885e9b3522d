/**
 * The sinks of search stores against a real one. VictoriaLogs is built once, which takes minutes: `npm run test:long` runs
 * this, `npm test` the servers that check the rules of the public APIs.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LogDelivery, RecordSink } from '../../../../gateway/sinks/delivery.ts';
import { openElasticsearch } from '../../../../gateway/sinks/elasticsearch/open.ts';
import { openLoki } from '../../../../gateway/sinks/loki/open.ts';
import { openOtlp } from '../../../../gateway/sinks/otlp/open.ts';
import { eventDelivery, logDelivery, metricsDelivery } from '../receivers/deliveries.ts';
import { servicesFor } from '../receivers/opened.ts';
import { Victoria } from './victoria.ts';

const { signal } = new AbortController();

interface Case {
  readonly open: (url: string, device: string) => RecordSink | Promise<RecordSink>;
  /** Field that holds a record's id. */
  readonly id: string;
  readonly level: string;
  readonly device: string;
  readonly field: string;
}

/** Where VictoriaLogs takes each, and what it calls what we send. */
const cases: Readonly<Record<string, Case>> = {
  loki: {
    open: url => openLoki({ kind: 'loki', url: `${url}/insert` }, servicesFor('loki')),
    id: 'record_id',
    level: 'level',
    device: 'device_id',
    field: 'order',
  },
  elasticsearch: {
    open: url =>
      openElasticsearch(
        {
          kind: 'elasticsearch',
          url: `${url}/insert/elasticsearch`,
          parameters: {
            _time_field: '@timestamp',
            _msg_field: 'message',
            _stream_fields: 'device.id,service.name',
          },
        },
        servicesFor('search'),
      ),
    id: 'event.id',
    level: 'log.level',
    device: 'device.id',
    field: 'json.order',
  },
  otlp: {
    open: url => openOtlp({ kind: 'otlp', url: `${url}/insert/opentelemetry` }, servicesFor('otlp')),
    id: 'log.record.uid',
    level: 'severity',
    device: 'device.id',
    field: 'order',
  },
};

/** What a device says whose name no other test has. */
function linesOf(device: string, count: number): LogDelivery[] {
  return Array.from({ length: count }, (_, at) =>
    logDelivery(at, {
      origin: { device },
      record: { level: 'warn', fields: { order: at }, text: `ünï ${at}` },
    }),
  );
}

describe('VictoriaLogs', () => {
  let server: Victoria;
  before(async () => {
    server = await Victoria.logs();
  });
  after(() => server[Symbol.asyncDispose]());

  for (const [kind, { open, id, level, device: deviceField, field }] of Object.entries(cases)) {
    test(`${kind}: lines and events arrive with their time, id, level, device and fields`, async () => {
      const device = `arrived-${kind}`;
      const sink = await open(server.url, device);
      const batch = [...linesOf(device, 500), eventDelivery(1, { device })];
      assert.deepEqual(await sink.deliver(batch, signal), []);
      const rows = await server.rows(`"${deviceField}":="${device}"`, batch.length);
      assert.deepEqual(rows.map(row => row[id]).sort(), batch.map(one => one.id).sort());
      const line = rows.find(row => row[id] === batch[7]?.id) ?? {};
      assert.deepEqual(
        [line._msg, line._time, line[field], String(line[level]).toLowerCase()],
        ['ünï 7', '2026-11-28T10:00:00.007123456Z', '7', 'warn'],
      );
    });

    test(`${kind}: a server that is killed between two batches has every line once both are sent again, some twice`, async () => {
      const device = `killed-${kind}`;
      const sink = await open(server.url, device);
      const lines = linesOf(device, 400);
      await sink.deliver(lines.slice(0, 200), signal);
      await server.kill();
      await assert.rejects(async () => sink.deliver(lines.slice(200), signal), {
        code: 'TELEMETRY_RECEIVER_UNREACHABLE',
      });
      await server.start();
      // What it had not written when it was killed it has lost itself: an answer of 200 is no promise of a disk.
      await sink.deliver(lines, signal);
      const rows = await server.rows(`"${deviceField}":="${device}"`, lines.length);
      assert.deepEqual(new Set(rows.map(row => row[id])), new Set(lines.map(one => one.id)));
      assert.ok(rows.length >= lines.length && rows.length <= lines.length + 200, `${rows.length} rows`);
    });
  }
});

test('VictoriaMetrics takes sums and gauges of OTLP, with their labels and the device', async () => {
  await using server = await Victoria.metrics();
  const file = { kind: 'otlp', url: `${server.url}/opentelemetry` } as const;
  const sink = await openOtlp(file, servicesFor('otlp'));
  const block = metricsDelivery(1).blocks[0];
  assert.ok(block);
  const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;
  const moments = block.moments.map(({ values }, at) => ({ timeMs: startMs + at * 15_000, values }));
  assert.deepEqual(await sink.deliver([metricsDelivery(2, [{ ...block, moments }])], signal), []);
  await fetch(`${server.url}/internal/force_flush`);
  const query = 'container_cpu_usage_seconds_total{name="shop-web-1"}[5m]';
  const answer = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = JSON.parse(await answer.text());
  assert.deepEqual(
    data.result[0]?.values.map(([time, value]: [number, string]) => [time * 1000 - startMs, value]),
    [
      [0, '1.5'],
      [15_000, '3'],
    ],
  );
  assert.equal(data.result[0]?.metric['device.id'] ?? data.result[0]?.metric.device_id, 'pump-17');
});
