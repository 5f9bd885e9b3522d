/**
 * The records of one commit in the order in which they are told: of each container by sequence, whatever class of segment
 * they lie in. Few segments are open at once, however many there are.
 */
import { TowlineError } from '../errors.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { CommitSegment } from './commit-segments.ts';
import { readMetrics } from './record/metric-segment.ts';
import type { MetricBlock } from './record/metrics.ts';
import type { EventRecord, GapRecord, LogRecord, TelemetryRecord } from './record/record.ts';
import { readSegment } from './record/segment.ts';
import type { SegmentPlace } from './record/segment-path.ts';

type LogPlace = Extract<SegmentPlace, { kind: 'logs' }>;
type OtherPlace = Exclude<SegmentPlace, LogPlace>;

/**
 * Some of the records of one place. `unreadable`: lines, or a whole segment, that are no record of it; `repeated`: records whose
 * number their commit has before, as of lines that were read again after a crash.
 */
export type CommitPiece =
  | {
      readonly kind: 'log';
      /** Of any of its classes. */
      readonly place: LogPlace;
      readonly records: readonly (LogRecord | GapRecord)[];
      readonly unreadable: number;
      readonly repeated: number;
    }
  | {
      readonly kind: 'event';
      readonly records: readonly EventRecord[];
      readonly unreadable: number;
      readonly repeated: number;
    }
  | {
      readonly kind: 'metrics';
      readonly place: OtherPlace;
      readonly blocks: readonly MetricBlock[];
      readonly unreadable: number;
      readonly repeated: 0;
    };

/** What a segment holds, as text: may be shared by several who read the same commit. */
export interface OpenedSegment {
  readonly records: readonly TelemetryRecord[];
  readonly blocks: readonly MetricBlock[];
  readonly unreadable: number;
}

/** Opens a segment; one that cannot be read has nothing in it, and counts as one line that is none. */
export type OpenSegment = (segment: CommitSegment) => Promise<OpenedSegment>;

/** @param read bytes of a blob @throws what `read` throws but TELEMETRY_SEGMENT */
export async function openSegment(
  { place, blob }: CommitSegment,
  read: (blob: ObjectId) => Promise<Uint8Array>,
): Promise<OpenedSegment> {
  try {
    const bytes = await read(blob);
    if (place.kind === 'metrics') return { records: [], ...readMetrics(bytes) };
    return { blocks: [], ...readSegment(bytes) };
  } catch (error) {
    if (!(error instanceof TowlineError) || error.code !== 'TELEMETRY_SEGMENT') throw error;
    return { records: [], blocks: [], unreadable: 1 };
  }
}

/**
 * Of one commit, in all: an agent's has some thousands. A few kilobytes that are packed well, and named in two thousand
 * places, would be a hundred million records for each receiver.
 */
const mostInCommit = 250_000;
/** Of any segment: opening it is work, too, when nothing is found in it. */
const leastOfSegment = 100;
const valuesAsRecord = 16;

/** What is beyond it is not opened, and counts as a segment that cannot be read. */
function bounded(open: OpenSegment): OpenSegment {
  let room = mostInCommit;
  return async segment => {
    if (room <= 0) return { records: [], blocks: [], unreadable: 1 };
    const opened = await open(segment);
    const { records, blocks, unreadable } = opened;
    const values = blocks.reduce((sum, { series, moments }) => sum + series.length * (1 + moments.length), 0);
    room -= Math.max(leastOfSegment, records.length + unreadable + Math.ceil(values / valuesAsRecord));
    return opened;
  };
}

/** The same commit gives the same pieces, always. */
export async function* commitRecords(
  segments: readonly CommitSegment[],
  opening: OpenSegment,
): AsyncGenerator<CommitPiece> {
  const open = bounded(opening);
  const events = { last: -1 };
  for (let at = 0; at < segments.length; ) {
    const first = segments[at];
    if (first === undefined) return;
    const { place } = first;
    if (place.kind === 'logs') {
      const end = segments.findIndex(
        (segment, index) => index > at && !isSameContainer(segment.place, place),
      );
      const own = segments.slice(at, end === -1 ? segments.length : end);
      yield* containerPieces(place, own, open);
      at += own.length;
      continue;
    }
    const opened = await open(first);
    const { blocks, unreadable } = opened;
    if (place.kind === 'metrics') yield { kind: 'metrics', place, blocks, unreadable, repeated: 0 };
    else yield { kind: 'event', ...risingOnly(opened, isEvent, events) };
    at += 1;
  }
}

function isSameContainer(place: SegmentPlace, other: LogPlace): boolean {
  if (place.kind !== 'logs' || place.container !== other.container) return false;
  return place.project === other.project && place.service === other.service;
}

/** The segments of one class, in order; at most its first is open. */
interface Lane {
  readonly segments: CommitSegment[];
  readonly seen: { last: number };
  records: readonly (LogRecord | GapRecord)[];
  at: number;
}

/** Up to three classes side by side: as much as each of them has open is brought into one order. */
async function* containerPieces(
  place: LogPlace,
  segments: readonly CommitSegment[],
  open: OpenSegment,
): AsyncGenerator<CommitPiece> {
  const byClass = Map.groupBy(segments, ({ place }) => (place.kind === 'logs' ? place.class : place.kind));
  let lanes = [...byClass.values()].map(
    (own): Lane => ({ segments: [...own], seen: { last: -1 }, records: [], at: 0 }),
  );
  let [unreadable, repeated] = [0, 0];
  while (lanes.length > 0) {
    for (const lane of lanes) {
      while (lane.at === lane.records.length) {
        const next = lane.segments.shift();
        if (next === undefined) break;
        const rising = risingOnly(await open(next), isLine, lane.seen);
        Object.assign(lane, { records: rising.records, at: 0 });
        unreadable += rising.unreadable;
        repeated += rising.repeated;
      }
    }
    lanes = lanes.filter(lane => lane.at < lane.records.length);
    const records = merged(lanes);
    if (records.length > 0 || unreadable + repeated > 0)
      yield { kind: 'log', place, records, unreadable, repeated };
    [unreadable, repeated] = [0, 0];
  }
}

/** Takes from the lanes by sequence until one of them is through. */
function merged(lanes: readonly Lane[]): readonly (LogRecord | GapRecord)[] {
  const [only, other] = lanes;
  if (only === undefined) return [];
  if (other === undefined) {
    const rest = only.at === 0 ? only.records : only.records.slice(only.at);
    only.at = only.records.length;
    return rest;
  }
  const found: (LogRecord | GapRecord)[] = [];
  for (;;) {
    let least: { lane: Lane; record: LogRecord | GapRecord } | undefined;
    for (const lane of lanes) {
      const record = lane.records[lane.at];
      if (record === undefined) return found;
      if (least === undefined || record.sequence < least.record.sequence) least = { lane, record };
    }
    if (least === undefined) return found;
    found.push(least.record);
    least.lane.at += 1;
  }
}

/** Two records of one id would be two lines to some receivers: within a class of a commit the first of them is told. */
function risingOnly<Kind extends TelemetryRecord>(
  { records, unreadable }: OpenedSegment,
  isKind: (record: TelemetryRecord) => record is Kind,
  seen: { last: number },
): { readonly records: readonly Kind[]; readonly unreadable: number; readonly repeated: number } {
  const own = records.filter(isKind);
  const rising = own.filter(({ sequence }) => {
    if (sequence <= seen.last) return false;
    seen.last = sequence;
    return true;
  });
  const others = records.length - own.length;
  return { records: rising, unreadable: unreadable + others, repeated: own.length - rising.length };
}

const isLine = (record: TelemetryRecord): record is LogRecord | GapRecord => record.kind !== 'event';
const isEvent = (record: TelemetryRecord): record is EventRecord => record.kind === 'event';
