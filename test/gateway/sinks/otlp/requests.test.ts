import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logRequest } from '../../../../gateway/sinks/otlp/log-request.ts';
import { metricRequests, writeMetrics } from '../../../../gateway/sinks/otlp/metric-request.ts';
import { container, eventDelivery, logDelivery, metricsDelivery, startMs } from '../receivers/deliveries.ts';
import { decoded } from '../receivers/otlp-messages.ts';
import { pointsIn, recordsIn } from '../receivers/otlp-server.ts';

const records = (...batch: Parameters<typeof logRequest>[0]) =>
  recordsIn(decoded('ExportLogsServiceRequest', logRequest(batch)));

test('a line is a log record with the names of the semantic conventions', () => {
  const fields = { ratio: 0.5, count: -3, huge: 1e300, ok: true, text: 'ä', '': 'nameless' };
  assert.deepEqual(records(logDelivery(7, { record: { level: 'warn', fields, stream: 'stderr' } })), [
    {
      resource: {
        'service.name': 'web',
        'service.namespace': 'shop',
        'service.instance.id': `pump-17/${container}`,
        'container.id': container,
        'container.name': 'shop-web',
        'host.name': 'pump-17',
        'device.id': 'pump-17',
        'towline.fleet': 'acme',
        'towline.label.site': 'berlin',
      },
      attributes: {
        ratio: 0.5,
        count: -3,
        huge: 1e300,
        ok: true,
        text: 'ä',
        'log.record.uid': `pump-17/${container}/7`,
        'towline.commit': 'c'.repeat(40),
        'log.iostream': 'stderr',
      },
      at: '1795860000007123456',
      observedAt: '1795860060000000000',
      severity: 13,
      severityText: 'warn',
      body: 'line 7',
      eventName: '',
    },
  ]);
});

test('an app that names its fields as we do changes neither id nor commit', () => {
  const fields = { 'log.record.uid': 'forged', 'towline.commit': 'forged', 'log.iostream': 'forged' };
  const [record] = records(logDelivery(1, { record: { fields } }));
  assert.ok(!Object.values(record?.attributes ?? {}).includes('forged'));
});

test('half a character in a text leaves the rest of the request readable', () => {
  const [first, second] = records(logDelivery(1, { record: { text: 'a\ud800b' } }), logDelivery(2));
  assert.deepEqual([first?.body, second?.body], ['a\ufffdb', 'line 2']);
});

test('events are log records with a name', () => {
  const [record] = records(eventDelivery(1));
  assert.deepEqual(
    [record?.eventName, record?.body, record?.severity, record?.attributes.exitCode],
    ['container.die', 'web of shop ended with 137', 17, 137],
  );
});

function points(...batch: Parameters<typeof metricRequests>[0]) {
  const requests = [...metricRequests(batch)];
  return requests.flatMap(request => pointsIn(decoded('ExportMetricsServiceRequest', writeMetrics(request))));
}

test('counters are monotonic sums since their container began, gauges are gauges', () => {
  const found = points(metricsDelivery(1));
  const started = String(BigInt(startMs - 100_000) * 1_000_000n);
  assert.deepEqual(
    found.map(({ name, kind, startAt, value }) => [name, kind, startAt, value]),
    [
      ['container_cpu_usage_seconds_total', 'sum', started, 1.5],
      ['container_cpu_usage_seconds_total', 'sum', started, 3],
      ['container_start_time_seconds', 'gauge', '0', startMs / 1000 - 100],
      ['container_start_time_seconds', 'gauge', '0', startMs / 1000 - 100],
      ['node_load1', 'gauge', '0', 0.25],
    ],
  );
  assert.deepEqual(found[0]?.attributes, { id: container, name: 'shop-web-1' });
  assert.equal(found[0]?.resource['device.id'], 'pump-17');
});

test('a delivery without a point sends nothing, and is through all the same', () => {
  const requests = [...metricRequests([metricsDelivery(1, [])])];
  assert.deepEqual(
    requests.flatMap(({ pieces }) => pieces.map(({ isLast }) => isLast)),
    [true],
  );
  assert.equal(requests[0]?.points, 0);
});

test('a request has at most ten thousand points', () => {
  const series = Array.from({ length: 300 }, (_, at) => {
    return { name: `m${at}`, type: 'gauge', labels: {} } as const;
  });
  const moments = Array.from({ length: 100 }, (_, at) => {
    return { timeMs: startMs + at, values: series.map((_, number) => number) };
  });
  const requests = [...metricRequests([metricsDelivery(1, [{ series, moments }]), metricsDelivery(2)])];
  assert.ok(requests.every(request => request.points <= 10_000));
  assert.equal(
    requests.reduce((sum, request) => sum + request.points, 0),
    30_005,
  );
  const ends = requests.flatMap(({ pieces }) => pieces.filter(({ isLast }) => isLast));
  assert.deepEqual(
    ends.map(({ delivery }) => delivery.id),
    ['pump-17/metrics/1', 'pump-17/metrics/2'],
  );
});
