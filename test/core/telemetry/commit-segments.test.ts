import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitRecords, openSegment } from '../../../core/telemetry/commit-records.ts';
import { CommitSegments } from '../../../core/telemetry/commit-segments.ts';
import { writeMetrics } from '../../../core/telemetry/record/metric-segment.ts';
import type { TelemetryRecord } from '../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { type SegmentPlace, segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const time = '2026-11-29T01:02:03.000000004Z';
const line = (sequence: number): TelemetryRecord => ({
  ...{ kind: 'log', sequence, time, stream: 'stdout', text: `line ${sequence}` },
});
const place = (logClass: 'log' | 'error' | 'debug', sequence: number, container = 'c0ffee000001') =>
  segmentPath({ kind: 'logs', class: logClass, project: 'shop', service: 'web', container, sequence });

class Rig {
  readonly repository = new MemoryRepository();
  readonly key = new MemoryKey();
  readonly commits = new CommitSegments(this.repository);

  commit(
    files: ReadonlyMap<string, string | Buffer>,
    signer: MemoryKey | undefined = this.key,
    parents: string[] = [],
  ) {
    return this.repository.commit({ files, parents, message: 'm\n', timeSec: 1_700_000_000, signer });
  }

  /** What is told of a commit: `kind:sequence` of each record, in order. */
  async told(id: string): Promise<string[]> {
    const commit = await this.commits.read(id, [this.key.publicKey]);
    if (commit.kind === 'cut') return ['cut'];
    if (commit.kind === 'doubtful') return [commit.why];
    const told: string[] = [];
    const open = (segment: { place: SegmentPlace; blob: string }) =>
      openSegment(segment, blob => this.commits.segment(blob));
    for await (const piece of commitRecords(commit.segments, open)) {
      if (piece.kind === 'metrics') told.push(`metrics:${piece.blocks.length}`);
      else told.push(...piece.records.map(({ kind, sequence }) => `${kind}:${sequence}`));
      if (piece.unreadable > 0) told.push(`unreadable:${piece.unreadable}`);
      if (piece.repeated > 0) told.push(`repeated:${piece.repeated}`);
    }
    return told;
  }
}

test('records of a container come by sequence, whatever class of segment they lie in', async () => {
  const rig = new Rig();
  const id = rig.commit(
    new Map<string, string | Buffer>([
      ['status.yaml', 'x: 1\n'],
      [place('log', 1), writeSegment([line(1), line(2), line(5)])],
      [place('error', 3), writeSegment([line(3)])],
      [place('error', 6), writeSegment([line(6), line(9)])],
      [place('log', 7), writeSegment([line(7), line(8)])],
      [place('log', 1, 'c0ffee000002'), writeSegment([line(1)])],
      [
        'events/000000000004.ndjson.gz',
        writeSegment([{ kind: 'event', sequence: 4, time, name: 'x', text: '' }]),
      ],
      ['metrics/000000000001.ndjson.gz', writeMetrics([{ series: [], moments: [] }])],
    ]),
  );
  const first = [1, 2, 3, 5, 6, 7, 8, 9].map(sequence => `log:${sequence}`);
  assert.deepEqual(await rig.told(id), ['event:4', ...first, 'log:1', 'metrics:1']);
});

test('a sequence that comes again or goes back within a commit is left out and counted', async () => {
  const rig = new Rig();
  const event: TelemetryRecord = { kind: 'event', sequence: 7, time, name: 'x', text: '' };
  const id = rig.commit(
    new Map([[place('log', 5), writeSegment([line(5), line(5), line(4), line(6), event])]]),
  );
  assert.deepEqual(await rig.told(id), ['log:5', 'log:6', 'unreadable:1', 'repeated:2']);
});

test('segments that overlap, as a crash leaves them, are each line once; what is told again is counted, and is not called unreadable', async () => {
  const rig = new Rig();
  const id = rig.commit(
    new Map([
      [place('log', 1), writeSegment([line(1), line(2), line(3)])],
      [place('log', 2), writeSegment([line(2), line(3), line(4)])],
    ]),
  );
  assert.deepEqual(await rig.told(id), ['log:1', 'log:2', 'log:3', 'log:4', 'repeated:2']);
});

test('a segment that cannot be read is counted, and what follows is told', async () => {
  const rig = new Rig();
  const files = new Map<string, string | Buffer>([
    [place('log', 1), 'no gzip'],
    [place('log', 2), writeSegment([line(2)])],
  ]);
  assert.deepEqual(await rig.told(rig.commit(files)), ['log:2', 'unreadable:1']);
});

test('of a commit that its device has not signed nothing is told', async () => {
  const rig = new Rig();
  const files = new Map([[place('log', 1), writeSegment([line(1)])]]);
  assert.deepEqual(await rig.told(rig.commit(files, new MemoryKey())).then(told => told.length), 1);
  const unsigned = rig.repository.commit({ files, parents: [], message: 'm\n', timeSec: 1 });
  assert.deepEqual(await rig.told(unsigned), ['not signed']);
});

test('the parent of a commit is found whoever signed it, and that it was cut off', async () => {
  const rig = new Rig();
  const first = rig.commit(new Map());
  const second = rig.commit(new Map(), new MemoryKey(), [first]);
  assert.equal(await rig.commits.parent(second), first);
  assert.equal(await rig.commits.parent(first), undefined);
  assert.equal(await rig.commits.parent('0'.repeat(40)), 'cut');
});
