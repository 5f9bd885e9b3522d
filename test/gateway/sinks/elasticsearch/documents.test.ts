import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bulkBodies } from '../../../../gateway/sinks/elasticsearch/bulk-body.ts';
import {
  type DataStream,
  eventDocument,
  logDocument,
} from '../../../../gateway/sinks/elasticsearch/document.ts';
import { metricDocuments } from '../../../../gateway/sinks/elasticsearch/metric-documents.ts';
import {
  container,
  eventDelivery,
  logDelivery,
  metricBlock,
  metricsDelivery,
  startMs,
} from '../receivers/deliveries.ts';

const stream: DataStream = { type: 'logs', dataset: 'towline', namespace: 'default' };
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('a line has the names that Filebeat writes for a container, and ours below towline', () => {
  const record = { level: 'error', fields: { 'order.id': 17, paid: false }, cut: 12 } as const;
  assert.deepEqual(plain(logDocument(logDelivery(7, { record }), stream)), {
    '@timestamp': '2026-11-28T10:00:00.007123456Z',
    ecs: { version: '8.11.0' },
    host: { name: 'pump-17', hostname: 'pump-17' },
    device: { id: 'pump-17' },
    agent: { type: 'towline', name: 'pump-17' },
    labels: { site: 'berlin' },
    tags: ['pumps'],
    data_stream: { type: 'logs', dataset: 'towline', namespace: 'default' },
    container: {
      id: container,
      name: 'shop-web',
      labels: { com_docker_compose_project: 'shop', com_docker_compose_service: 'web' },
    },
    message: 'line 7',
    stream: 'stdout',
    log: { level: 'error', flags: ['truncated'] },
    event: {
      id: `pump-17/${container}/7`,
      dataset: 'towline',
      created: '2026-11-28T10:01:00.000Z',
      sequence: 7,
    },
    service: { name: 'web' },
    json: { 'order.id': 17, paid: false },
    towline: { fleet: 'acme', project: 'shop', commit: 'c'.repeat(40), cut: 12 },
  });
});

test('what a service said to a driver of Docker with the address towline stands where Filebeat has it', () => {
  const docker = { 'docker.driver': 'gelf', 'docker.tag': 'web-7', 'docker.container_name': 'shop-web-1' };
  const more = { 'docker.container_id': 'f'.repeat(64), 'docker.image_name': 'web:1.4', env: 'plant' };
  const record = { fields: { ...docker, ...more } };
  const { container: of, json, towline } = logDocument(logDelivery(1, { record }), stream);
  const { id, name, image } = of as Record<string, unknown>;
  assert.deepEqual(
    [id, name, image, json],
    ['f'.repeat(64), 'shop-web-1', { name: 'web:1.4' }, { env: 'plant' }],
  );
  assert.equal((towline as { tag?: unknown }).tag, 'web-7');
});

test('a gap says in words and numbers what is missing', () => {
  const time = '2026-11-28T10:00:00Z';
  const record = { kind: 'gap', sequence: 9, time, reason: 'rotated', lines: 120, bytes: 9000 } as const;
  const { message, event, towline, log } = logDocument(logDelivery(9, { record }), stream);
  assert.match(String(message), /^120 log lines are missing \(9000 bytes\): /);
  assert.deepEqual(log, { level: 'warn' });
  assert.equal((event as { reason?: unknown }).reason, 'rotated');
  assert.deepEqual((towline as { gap?: unknown }).gap, { lines: 120, bytes: 9000 });
});

test('an event of the engine is a document of a data stream of its own', () => {
  const dataset = { ...stream, dataset: 'towline.events' };
  const { event, service, json, message } = eventDocument(eventDelivery(4), dataset);
  assert.deepEqual(plain(event), {
    id: 'pump-17/events/4',
    dataset: 'towline.events',
    created: '2026-11-28T10:01:00.000Z',
    sequence: 4,
    kind: 'event',
    action: 'container.die',
  });
  assert.deepEqual(
    [service, json, message],
    [{ name: 'web' }, { exitCode: 137 }, 'web of shop ended with 137'],
  );
});

test('labels of a device with dots in their names make no object', () => {
  const origin = { labels: { 'site.hall': 'b', site: 'a', __proto__x: 'c' } };
  assert.deepEqual(logDocument(logDelivery(1, { origin }), stream).labels, {
    site_hall: 'b',
    site: 'a',
    __proto__x: 'c',
  });
});

test('a field that no index can hold is cut, and the line says so', () => {
  const record = { fields: { blob: 'x'.repeat(60_000), short: 'y' } };
  const { json, log } = logDocument(logDelivery(1, { record }), stream);
  assert.deepEqual(json, { blob: 'x'.repeat(8191), short: 'y' });
  assert.deepEqual((log as { flags?: unknown }).flags, ['truncated']);
});

test('metrics become a document for each moment and each set of labels, with ids that stay', () => {
  const metrics: DataStream = { type: 'metrics', dataset: 'towline', namespace: 'default' };
  const documents = [...metricDocuments(metricsDelivery(3), metrics)];
  assert.deepEqual(
    documents.map(({ id }) => id),
    [1, 2, 3].map(number => `pump-17/metrics/3/${number}`),
  );
  assert.deepEqual(
    documents.map(({ document }) => [document['@timestamp'], document.prometheus]),
    [
      [
        '2026-11-28T10:00:00.000000000Z',
        {
          labels: { id: container, name: 'shop-web-1' },
          metrics: {
            container_cpu_usage_seconds_total: 1.5,
            container_start_time_seconds: startMs / 1000 - 100,
          },
        },
      ],
      ['2026-11-28T10:00:00.000000000Z', { labels: {}, metrics: { node_load1: 0.25 } }],
      [
        '2026-11-28T10:00:15.000000000Z',
        {
          labels: { id: container, name: 'shop-web-1' },
          metrics: {
            container_cpu_usage_seconds_total: 3,
            container_start_time_seconds: startMs / 1000 - 100,
          },
        },
      ],
    ],
  );
});

test('a body is two lines for each document, and never much more than a megabyte', () => {
  const series = metricBlock().series;
  const moments = Array.from({ length: 3000 }, (_, number) => ({
    timeMs: startMs + number,
    values: [number, 1, Number.NaN],
  }));
  const batch = [logDelivery(1), metricsDelivery(1, [{ series, moments }]), metricsDelivery(2, [])];
  const bodies = [...bulkBodies(batch, 'default')];
  assert.ok(bodies.length > 1);
  const texts = bodies.map(items => items.map(({ text }) => text).join(''));
  assert.ok(texts.every(text => text.length <= 1024 * 1024 && text.endsWith('}\n')));
  const items = bodies.flat();
  assert.equal(items.length, 3001);
  assert.deepEqual(
    items.filter(({ isLast }) => isLast).map(({ delivery }) => delivery.id),
    [`pump-17/${container}/1`, 'pump-17/metrics/1'],
  );
  assert.equal(
    items[0]?.text.split('\n')[0],
    `{"create":{"_index":"logs-towline-default","_id":"pump-17/${container}/1"}}`,
  );
});
