import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readExposition } from '../../../../agent/telemetry/metrics/apps/exposition.ts';
import { relabelled } from '../../../../agent/telemetry/metrics/apps/relabel.ts';
import {
  readFlat,
  readIoStat,
  readServiceBytes,
  readSingle,
} from '../../../../agent/telemetry/metrics/containers/cgroup-text.ts';
import { engineStats, usageOfStats } from '../../../../agent/telemetry/metrics/containers/engine-stats.ts';
import { readStats } from '../../../../agent/telemetry/metrics/containers/one-shot.ts';
import { usageSamples } from '../../../../agent/telemetry/metrics/containers/usage.ts';
import {
  readOffset,
  readSynchronised,
  readTracking,
} from '../../../../agent/telemetry/metrics/host/clock-state.ts';
import { readMounts } from '../../../../agent/telemetry/metrics/host/mounts.ts';
import { readOsRelease } from '../../../../agent/telemetry/metrics/host/os-release.ts';
import {
  diskSamples,
  networkSamples,
  readLoad,
  readMeminfo,
  readNetDev,
  readProcStat,
} from '../../../../agent/telemetry/metrics/host/proc-text.ts';
import { readMillidegrees } from '../../../../agent/telemetry/metrics/host/temperatures.ts';
import { Moments } from '../../../../agent/telemetry/metrics/series/moments.ts';
import type { Sample } from '../../../../agent/telemetry/metrics/series/sample.ts';
import { readMetrics, writeMetrics } from '../../../../core/telemetry/record/metric-segment.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '{',
    '}',
    '"',
    '\\',
    '=',
    ',',
    ' ',
    '\n',
    '# TYPE a counter\n',
    'name',
    '1e9',
    'NaN',
    '__a',
    '#',
    '\u0000',
  ),
);
const text = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''));

/** What is read can be written into a segment, and is read there again. */
function passesOn(samples: readonly Sample[]): void {
  const moments = new Moments();
  moments.add(
    1,
    samples.map(sample => relabelled(sample, { project: 'p', service: 's', container: 'c' })),
  );
  const { blocks, unreadable } = readMetrics(writeMetrics([moments.block()]));
  assert.equal(unreadable, 0);
  assert.equal(blocks[0]?.moments.length, 1);
}

test('whatever an app answers is read or left out, and never spoils a segment', async () => {
  await fuzzed(
    'expositions',
    fc.property(text, answer => passesOn(readExposition(answer).samples)),
  );
  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
  const label = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,10}$/);
  const line = fc
    .tuple(
      name,
      fc.dictionary(label, fc.string({ unit: 'binary', maxLength: 40 }), { maxKeys: 5 }),
      fc.double(),
    )
    .map(([metric, labels, value]) => {
      const pairs = Object.entries(labels).map(([key, word]) => `${key}=${JSON.stringify(word)}`);
      return `${metric}{${pairs.join(',')}} ${value}`;
    });
  await fuzzed(
    'well formed',
    fc.property(fc.array(line, { maxLength: 20 }), lines =>
      passesOn(readExposition(lines.join('\n')).samples),
    ),
  );
});

test('whatever stands in a file of the system is a sample or nothing', async () => {
  const digits = fc.array(
    fc.oneof(
      piece,
      fc.constantFrom(
        'cpu0',
        'btime',
        'MemTotal:',
        ' kB',
        ':',
        '-',
        '8:0 Read',
        'rbytes=',
        'Offset: +',
        'ms',
      ),
    ),
    { maxLength: 40 },
  );
  await fuzzed(
    'files',
    fc.property(digits, pieces => {
      const file = pieces.join(' ');
      const interfaces = readNetDev(file);
      const samples = [
        ...readProcStat(file),
        ...readMeminfo(file),
        ...readLoad(file),
        ...networkSamples(interfaces),
        ...diskSamples(new Map([['sda', file]])),
      ];
      for (const { value } of samples) assert.ok(Number.isFinite(value));
      for (const value of [readSingle(file), readOffset(file), readMillidegrees(file)])
        assert.ok(value === undefined || Number.isFinite(value));
      for (const value of Object.values({ ...readIoStat(file), ...readServiceBytes(file) }))
        assert.ok(value >= 0);
      readFlat(file);
      readMounts(file);
      readOsRelease(file);
      readSynchronised(file);
      readTracking(file);
    }),
  );
});

test('an engine that says null where another says nothing: both are absent', () => {
  const answer: unknown = {
    cpu_stats: null,
    memory_stats: { usage: 0, stats: null },
    pids_stats: { current: null },
  };
  assert.ok(engineStats(answer));
  assert.deepEqual(usageOfStats(answer), { memory: { usageBytes: 0, workingSetBytes: 0 }, network: [] });
});

test('statistics of an engine that is another program are figures, or none at all', async () => {
  const any = fc.oneof(fc.jsonValue(), fc.double(), fc.constant(undefined));
  const stats = fc.record(
    {
      cpu_stats: fc.oneof(any, fc.record({ cpu_usage: fc.oneof(any, fc.record({ total_usage: any })) })),
      memory_stats: fc.oneof(
        any,
        fc.record({ usage: any, stats: fc.oneof(any, fc.dictionary(fc.string(), any)) }),
      ),
      blkio_stats: fc.oneof(any, fc.record({ io_service_bytes_recursive: any })),
      networks: fc.oneof(any, fc.dictionary(fc.string(), fc.record({ rx_bytes: any }))),
    },
    { requiredKeys: [] },
  );
  await fuzzed(
    'statistics',
    fc.property(stats, answer => {
      readStats(JSON.stringify(answer) ?? '');
      if (!engineStats(answer)) return;
      for (const { value } of usageSamples(usageOfStats(answer), {})) assert.equal(typeof value, 'number');
    }),
  );
});
