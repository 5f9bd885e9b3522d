/** What was dropped and is gone: counted by class until a status has said it, and as a gap in the log that it was of. */
import { CheckedFile } from '../../../core/io/file/checked-file.ts';
import { isDiskFull } from '../../../core/io/file/disk-full.ts';
import { type Fields, fieldsOf, isFields } from '../../../core/json.ts';
import type { GapRecord } from '../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import {
  readSegmentPath,
  type SegmentClass,
  segmentClasses,
} from '../../../core/telemetry/record/segment-path.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { Piece } from '../collector.ts';

/** In the log of one container, of one class. */
interface Gap {
  /** Of the first segment that is missing. */
  readonly path: string;
  readonly lines: number;
  /** When that one had come. */
  readonly atMs: number;
}

export interface Lost {
  readonly records: Readonly<Partial<Record<SegmentClass, number>>>;
  /** Compressed, of all classes. */
  readonly bytes: number;
  /** Files that were not what had been written. */
  readonly damaged: number;
}

interface Told extends Lost {
  readonly gaps: readonly Gap[];
}

/** Dropped of one class. */
export interface Dropped {
  readonly class: SegmentClass;
  readonly records: number;
  readonly bytes: number;
  /** Undefined where nobody can say any more. */
  readonly path?: string | undefined;
  readonly atMs: number;
}

/** Of more containers than that nothing but the number is kept. */
const mostGaps = 100;
const nothing: Told = Object.freeze({ records: {}, bytes: 0, damaged: 0, gaps: [] });

export class Losses {
  readonly #file: CheckedFile<Told>;
  #open: Told;
  /** In a commit that is on its way. */
  #telling: Told = nothing;
  #unsaved = false;

  private constructor(file: CheckedFile<Told>, open: Told) {
    this.#file = file;
    this.#open = open;
  }

  static async open(file: string): Promise<Losses> {
    const checked = new CheckedFile(file, toldIn);
    const found = await checked.read();
    return new Losses(checked, found.kind === 'value' ? found.value : nothing);
  }

  /** Written down before anything is removed, unless the disk is full: then with the next. */
  async note(dropped: readonly Dropped[]): Promise<void> {
    this.#open = dropped.reduce(
      (sum, one) =>
        merged(sum, {
          records: { [one.class]: one.records },
          bytes: one.bytes,
          damaged: 0,
          gaps: gapOf(one),
        }),
      this.#open,
    );
    await this.#save();
  }

  async noteDamaged(): Promise<void> {
    this.#open = { ...this.#open, damaged: this.#open.damaged + 1 };
    await this.#save();
  }

  /**
   * For a commit: until it has ended, what is lost meanwhile counts for the next one.
   * @param told which of it the commit says
   */
  begin(told: { readonly counts: boolean; readonly gaps: boolean }): Lost {
    const counts = this.#open;
    const { gaps } = counts;
    this.#telling = { ...(told.counts ? counts : nothing), gaps: told.gaps ? gaps : [] };
    this.#open = { ...(told.counts ? nothing : counts), gaps: told.gaps ? [] : gaps };
    return this.#telling;
  }

  /** Of what was begun, as segments. */
  gaps(nowMs: number): Piece[] {
    return this.#telling.gaps.flatMap(({ path, lines, atMs }) => {
      const place = readSegmentPath(path);
      if (place?.kind !== 'logs') return [];
      // A clock that was ahead may have stamped it.
      const time = timeWord(Math.min(atMs, nowMs));
      const gap: GapRecord = { kind: 'gap', sequence: place.sequence, time, reason: 'spool', lines };
      return [{ path, class: place.class, records: 1, bytes: writeSegment([gap]) }];
    });
  }

  /** @param heard the gateway has taken the commit in */
  async end(heard: boolean): Promise<void> {
    const told = this.#telling;
    this.#telling = nothing;
    if (!heard) this.#open = merged(told, this.#open);
    else if (!isNothing(told)) await this.#save();
  }

  /** What a full disk has not taken is written once there is room. */
  async keep(): Promise<void> {
    if (this.#unsaved) await this.#save();
  }

  async #save(): Promise<void> {
    this.#unsaved = true;
    try {
      await this.#file.write(merged(this.#telling, this.#open));
      this.#unsaved = false;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }
}

function gapOf({ path, records, atMs }: Dropped): Gap[] {
  return path === undefined || readSegmentPath(path)?.kind !== 'logs' ? [] : [{ path, lines: records, atMs }];
}

function isNothing({ bytes, damaged, gaps, records }: Told): boolean {
  return bytes === 0 && damaged === 0 && gaps.length === 0 && Object.keys(records).length === 0;
}

function merged(before: Told, after: Told): Told {
  const records: Partial<Record<SegmentClass, number>> = {};
  for (const kind of segmentClasses) {
    const sum = (before.records[kind] ?? 0) + (after.records[kind] ?? 0);
    if (sum > 0) records[kind] = sum;
  }
  const gaps = new Map(before.gaps.map(gap => [gapKey(gap), gap]));
  for (const gap of after.gaps) {
    const known = gaps.get(gapKey(gap));
    if (known !== undefined) gaps.set(gapKey(gap), { ...known, lines: known.lines + gap.lines });
    else if (gaps.size < mostGaps) gaps.set(gapKey(gap), gap);
  }
  const [bytes, damaged] = [before.bytes + after.bytes, before.damaged + after.damaged];
  return { records, bytes, damaged, gaps: [...gaps.values()] };
}

/** All but the number, which has more than twelve digits behind a gap of nobody knows how many lines. */
function gapKey({ path }: Gap): string {
  return path.replace(/-\d{12,}-(?=[a-z]+\.)/, '-');
}

/** It has a checksum, so a whole one is as it was written. */
function toldIn(value: unknown): Told | undefined {
  if (!isFields(value)) return undefined;
  const records: Partial<Record<SegmentClass, number>> = {};
  for (const kind of segmentClasses) {
    const count = numberIn(fieldsOf(value.records), kind);
    if (count > 0) records[kind] = count;
  }
  const gaps = Array.isArray(value.gaps) ? value.gaps.flatMap(gapIn) : [];
  return { records, bytes: numberIn(value, 'bytes'), damaged: numberIn(value, 'damaged'), gaps };
}

function gapIn(value: unknown): Gap[] {
  const fields = fieldsOf(value);
  const { path } = fields;
  if (typeof path !== 'string') return [];
  return [{ path, lines: numberIn(fields, 'lines'), atMs: numberIn(fields, 'atMs') }];
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
