import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readMetrics, writeMetrics } from '../../../../core/telemetry/record/metric-segment.ts';
import type { MetricBlock } from '../../../../core/telemetry/record/metrics.ts';
import type { TelemetryRecord } from '../../../../core/telemetry/record/record.ts';
import { maxSegmentBytes, readSegment, writeSegment } from '../../../../core/telemetry/record/segment.ts';
import { readSegmentPath, segmentPath } from '../../../../core/telemetry/record/segment-path.ts';

const time = '2026-11-29T01:02:03.123456789Z';

test('records come out of a segment as they went in', () => {
  const records: TelemetryRecord[] = [
    { kind: 'log', sequence: 7, time, stream: 'stderr', text: 'ä\n  at x', level: 'error', cut: 3 },
    { kind: 'log', sequence: 9, time, stream: 'tty', text: '', fields: { 'http.status': 500, ok: false } },
    { kind: 'gap', sequence: 10, time, reason: 'rotated', lines: 12, bytes: 3400 },
    {
      kind: 'event',
      sequence: 0,
      time,
      name: 'container.die',
      text: 'web died',
      project: 'app',
      service: 'web',
    },
  ];
  assert.deepEqual(readSegment(writeSegment(records)), { records, unreadable: 0 });
});

test('lines that are no record are counted, and what follows is read', () => {
  const lines = [
    'garbage',
    '[]',
    '{"kind":"log","sequence":-1,"time":"2026-11-29T00:00:00Z","stream":"stdout","text":"x"}',
    '{"kind":"log","sequence":1,"time":"now","stream":"stdout","text":"x"}',
    '{"kind":"gap","sequence":1,"time":"2026-11-29T00:00:00Z","reason":"bored"}',
    '{"kind":"log","sequence":2,"time":"2026-11-29T00:00:00Z","stream":"stdout","text":"y","fields":{"__proto__":1,"a":[1]}}',
  ];
  const { records, unreadable } = readSegment(gzipSync(lines.join('\n')));
  assert.equal(unreadable, 5);
  assert.deepEqual(records, [
    { kind: 'log', sequence: 2, time: '2026-11-29T00:00:00Z', stream: 'stdout', text: 'y', fields: {} },
  ]);
});

test('a segment that unpacks to more than a segment holds is refused, and one that is no gzip', () => {
  const bomb = gzipSync(Buffer.alloc(maxSegmentBytes + 1, 0x20));
  assert.throws(() => readSegment(bomb), { code: 'TELEMETRY_SEGMENT' });
  assert.throws(() => readSegment(Buffer.from('no gzip')), { code: 'TELEMETRY_SEGMENT' });
});

test('metrics come out as they went in, with what JSON has no number for', () => {
  const blocks: MetricBlock[] = [
    {
      series: [
        { name: 'node_load1', type: 'gauge', labels: {} },
        {
          name: 'container_cpu_usage_seconds_total',
          type: 'counter',
          labels: { project: 'app', service: 'web' },
        },
      ],
      moments: [
        { timeMs: 1, values: [0.5, null] },
        { timeMs: 2, values: [Number.NaN, Number.POSITIVE_INFINITY] },
      ],
    },
    { series: [], moments: [] },
  ];
  assert.deepEqual(readMetrics(writeMetrics(blocks)), { blocks, unreadable: 0 });
});

test('series with a name or label that Prometheus does not allow are not read, nor moments of another length', () => {
  const lines = [
    '{"time":1,"values":[]}',
    '{"series":[["bad name","gauge",{}]]}',
    '{"series":[["a","gauge",{"bad-label":"x"}]]}',
    '{"series":[["a","gauge",{}]]}',
    '{"series":[["b","gauge",{"bad-label":"x"}]]}',
    '{"time":1,"values":[4]}',
    '{"series":[["a","gauge",{}]]}',
    '{"time":1,"values":[1,2]}',
    '{"time":2,"values":[3]}',
  ];
  const { blocks, unreadable } = readMetrics(gzipSync(lines.join('\n')));
  assert.equal(unreadable, 6);
  assert.deepEqual(blocks, [
    { series: [{ name: 'a', type: 'gauge', labels: {} }], moments: [] },
    { series: [{ name: 'a', type: 'gauge', labels: {} }], moments: [{ timeMs: 2, values: [3] }] },
  ]);
});

test('the path of a segment says what it holds', () => {
  const place = {
    kind: 'logs',
    class: 'error',
    project: 'app',
    service: 'web',
    container: '0123456789ab',
    sequence: 42,
  } as const;
  assert.equal(segmentPath(place), 'logs/app/web/0123456789ab-000000000042-error.ndjson.gz');
  assert.deepEqual(readSegmentPath(segmentPath(place)), place);
  const metrics = { kind: 'metrics', sequence: 7 } as const;
  assert.deepEqual(readSegmentPath(segmentPath(metrics)), metrics);
  for (const other of [
    'status.yaml',
    'logs/a/b/c.log',
    'metrics/7.ndjson.gz',
    'logs/../x/0123456789ab-000000000042-log.ndjson.gz/',
  ])
    assert.equal(readSegmentPath(other), undefined);
});
