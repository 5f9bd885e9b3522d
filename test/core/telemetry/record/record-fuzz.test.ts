/** Segments as a hostile device packs them: read within bounds, or our own error. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readMetrics, writeMetrics } from '../../../../core/telemetry/record/metric-segment.ts';
import { readSegment, writeSegment } from '../../../../core/telemetry/record/segment.ts';
import { readSegmentPath, segmentPath } from '../../../../core/telemetry/record/segment-path.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurErrors } from '../../../fuzz/mutation.ts';

const time = '2026-11-23T18:00:00.000000001Z';
const lines = [
  '{"kind":"shared","fields":{"image":"web:1.4.2"}}',
  `{"kind":"log","sequence":1,"time":"${time}","stream":"stdout","text":"a","level":"info","fields":{"a":1}}`,
  `{"kind":"gap","sequence":2,"time":"${time}","reason":"rotated","lines":3}`,
  `{"kind":"event","sequence":3,"time":"${time}","name":"container.die","text":"died","project":"web"}`,
  '',
].join('\n');
const metrics = [
  '{"series":[["node_load1","gauge",{"cpu":"0"}],["up","untyped",{}]]}',
  '{"time":1700000000000,"values":[1,"NaN"]}',
  '',
].join('\n');
const logsPath = 'logs/web/db/0123456789ab-000000000001-log.ndjson.gz';

/** JSON has one zero. */
const said = (value: unknown) => JSON.stringify(value);

describe('segments, fuzzed', () => {
  test('records and metrics, their lines changed or the bytes of their gzip', async () => {
    const packed = mutatedText(lines, metrics).map(text => gzipSync(text));
    const bytes = fc.oneof(packed, mutated(gzipSync(lines), gzipSync(metrics)));
    await fuzzed(
      'segments',
      fc.property(bytes, segment => {
        const read = onlyOurErrors(() => readSegment(segment));
        // What was read is written as it is read.
        if (read !== undefined)
          assert.equal(said(readSegment(writeSegment(read.records)).records), said(read.records));
        const measured = onlyOurErrors(() => readMetrics(segment));
        if (measured !== undefined)
          assert.equal(said(readMetrics(writeMetrics(measured.blocks)).blocks), said(measured.blocks));
      }),
    );
  });

  test('paths: what is read is written as the same path', async () => {
    await fuzzed(
      'segment paths',
      fc.property(mutatedText(logsPath, 'events/000000000001.ndjson.gz'), path => {
        const place = readSegmentPath(path);
        if (place !== undefined && !/\/\.|-$/.test(path)) assert.equal(segmentPath(place), path);
      }),
    );
  });
});
