/** What several sinks read of the same commit is read, checked and unpacked once. Small: sinks that are apart read by themselves. */
import {
  type CommitPiece,
  commitRecords,
  type OpenedSegment,
  openSegment,
} from '../../../core/telemetry/commit-records.ts';
import {
  type CommitSegment,
  CommitSegments,
  type TelemetryCommit,
} from '../../../core/telemetry/commit-segments.ts';
import type { TelemetryRecord } from '../../../core/telemetry/record/record.ts';
import type { ObjectId, ObjectSource } from '../../../core/trust/git/object-source.ts';
import { Lineage } from './lineage.ts';
import { RecentSource } from './recent-source.ts';
import { WeightedCache } from './weighted-cache.ts';

/** Segments named in commits that are kept, count. */
const keptNames = 4096;
/** Of opened segments, characters and what stands around them: what a memory of twice as much holds. */
const keptWeight = 16 * 1024 * 1024;

export class SharedReading {
  readonly commits: CommitSegments;
  readonly lineage: Lineage;
  readonly #read = new WeightedCache<TelemetryCommit>(keptNames);
  readonly #opened = new WeightedCache<OpenedSegment>(keptWeight);

  constructor(source: ObjectSource) {
    this.commits = new CommitSegments(new RecentSource(source));
    this.lineage = new Lineage(this.commits);
  }

  commit(id: ObjectId, keys: readonly string[]): Promise<TelemetryCommit> {
    return this.#read.get(`${id} ${keys.join(' ')}`, async () => {
      const commit = await this.commits.read(id, keys);
      return { value: commit, weight: commit.kind === 'verified' ? 1 + commit.segments.length : 1 };
    });
  }

  /** @param wanted places of other kinds are not even opened */
  records(
    segments: readonly CommitSegment[],
    wanted: (segment: CommitSegment) => boolean,
  ): AsyncGenerator<CommitPiece> {
    return commitRecords(segments.filter(wanted), segment => this.#open(segment));
  }

  #open(segment: CommitSegment): Promise<OpenedSegment> {
    return this.#opened.get(`${segment.place.kind} ${segment.blob}`, async () => {
      const value = await openSegment(segment, blob => this.commits.segment(blob));
      return { value, weight: weightOf(value) };
    });
  }
}

const perRecord = 250;
const perValue = 16;

function weightOf({ records, blocks }: OpenedSegment): number {
  const texts = records.reduce((sum, record) => sum + perRecord + textOf(record), 0);
  return blocks.reduce(
    (sum, { series, moments }) => sum + series.length * (perRecord + moments.length * perValue),
    texts,
  );
}

function textOf(record: TelemetryRecord): number {
  if (record.kind === 'gap') return 0;
  let length = record.text.length;
  for (const name in record.fields) {
    const value = record.fields[name];
    length += name.length + (typeof value === 'string' ? value.length : 8);
  }
  return length;
}

/** Of a record as it goes to a receiver, characters, about. */
export function sizeOf(record: TelemetryRecord): number {
  return perRecord + textOf(record);
}
