/** Records of one container that are not in the spool yet, by class. */
import { gzipSync } from 'node:zlib';
import { levelOfBytes } from '../../../core/telemetry/lines/level-word.ts';
import type { LineRecord } from '../../../core/telemetry/lines/line-pipeline.ts';
import { type PlainRecord, plainRoom, writePlain } from '../../../core/telemetry/record/plain-record.ts';
import type { Fields, Level } from '../../../core/telemetry/record/record.ts';
import { segmentFront, segmentLine } from '../../../core/telemetry/record/segment.ts';
import { type LogClass, segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import type { Piece } from '../collector.ts';
import type { MakeMark, Mark } from './mark.ts';

/** Lines of JSON, bytes: what it is worth to wait for (bench/telemetry/collecting.ts). */
export const fullLength = 192 * 1024;
const firstLength = 8 * 1024;
/** Entries: a class that is that far behind another goes with it, since a crash has all behind it read again. */
const mostBehind = 8192;
/** Of gzip: the next one takes a third more time for 3 % fewer bytes. */
const level = 5;

export interface LoggedContainer {
  readonly id: string;
  readonly project: string;
  readonly service: string;
}

type PlainLine = Pick<PlainRecord, 'time' | 'stream' | 'text'>;

interface OpenSegment {
  readonly class: LogClass;
  readonly sequence: number;
  /** Where its first record was read. */
  readonly from: Mark;
  /** Of the last record. */
  last: number;
  records: number;
  /** Lines as bytes: as strings they would be thousands of things to be looked after. */
  bytes: Buffer;
  length: number;
}

/** Closed, on its way into the spool. */
export interface ClosedSegment {
  readonly from: Mark;
  readonly piece: Piece;
}

const classes: readonly LogClass[] = ['debug', 'log', 'error'];

export function classOf(level: Level | undefined): LogClass {
  if (level === 'error' || level === 'fatal') return 'error';
  return level === 'debug' || level === 'trace' ? 'debug' : 'log';
}

export class OpenSegments {
  readonly #container: LoggedContainer;
  readonly #shared: Fields;
  readonly #open = new Map<LogClass, OpenSegment>();
  /** Of one batch: a large one would be more than a reader takes, where most of it are escapes. */
  #full: OpenSegment[] = [];
  #hasErrors = false;

  /** @param shared fields that every record of it has */
  constructor(container: LoggedContainer, shared: Fields) {
    this.#container = container;
    this.#shared = shared;
  }

  /** Whether an error came in since this was asked last. */
  takeErrors(): boolean {
    const has = this.#hasErrors;
    this.#hasErrors = false;
    return has;
  }

  /** @param from where reading has to go on so that this record is made again */
  add(record: LineRecord, from: MakeMark): void {
    const logClass = record.kind === 'gap' ? 'log' : classOf(record.level);
    const { sequence } = record;
    const open = this.#openAt(logClass, sequence, from);
    append(open, segmentLine(record, open.records === 0 ? undefined : open.last));
    this.#count(logClass, open, sequence);
  }

  /** The same of a line that is plain. @returns false: it is not, and is not added */
  addPlain(line: PlainLine, sequence: number, from: MakeMark): boolean {
    const { time, stream, text } = line;
    const level = levelOfBytes(text);
    const logClass = classOf(level);
    const open = this.#openAt(logClass, sequence, from);
    makeRoom(open, plainRoom(line));
    const isNext = open.records > 0 && sequence - 1 === open.last;
    const record = { sequence: isNext ? undefined : sequence, time, stream, text, level };
    const end = writePlain(open.bytes, open.length, record);
    if (end === -1) return false;
    this.#count(logClass, open, sequence);
    open.length = end;
    return true;
  }

  #count(logClass: LogClass, open: OpenSegment, sequence: number): void {
    if (open.records === 0) this.#open.set(logClass, open);
    if (logClass === 'error') this.#hasErrors = true;
    open.last = sequence;
    open.records += 1;
  }

  /** One that has room. */
  #openAt(logClass: LogClass, sequence: number, from: MakeMark): OpenSegment {
    const open = this.#open.get(logClass);
    if (open !== undefined && open.length < fullLength) return open;
    if (open !== undefined) this.#full.push(open);
    const made = opened(logClass, sequence, from());
    // One in which nothing is is not there.
    this.#open.delete(logClass);
    return made;
  }

  /** Bytes in memory. */
  get length(): number {
    let sum = 0;
    for (const { length } of this.#all()) sum += length;
    return sum;
  }

  get isFull(): boolean {
    return this.#all().some(({ length }) => length >= fullLength);
  }

  /** @returns the earliest place from which anything here was read */
  get from(): Mark | undefined {
    let first: Mark | undefined;
    for (const { from } of this.#all()) if (first === undefined || from.at < first.at) first = from;
    return first;
  }

  /** @returns records that were in them */
  discard(): number {
    let records = 0;
    for (const open of this.#all()) records += open.records;
    this.#open.clear();
    this.#full = [];
    return records;
  }

  /** Closes those that are full, or all. */
  *close(which: 'full' | 'all'): Generator<ClosedSegment> {
    const full = this.#all().filter(({ length }) => length >= fullLength);
    const since = Math.max(...full.map(({ from }) => from.at)) - mostBehind;
    yield* this.#full.splice(0).map(one => this.#closed(one));
    for (const logClass of classes) {
      const open = this.#open.get(logClass);
      if (open === undefined || (which === 'full' && open.length < fullLength && open.from.at >= since))
        continue;
      this.#open.delete(logClass);
      yield this.#closed(open);
    }
  }

  #closed({ class: logClass, sequence, from, records, bytes: lines, length }: OpenSegment): ClosedSegment {
    const { id, project, service } = this.#container;
    const container = id.slice(0, 12);
    const path = segmentPath({ kind: 'logs', class: logClass, project, service, container, sequence });
    const text = Buffer.concat([Buffer.from(segmentFront(this.#shared)), lines.subarray(0, length)]);
    return { from, piece: { path, class: logClass, records, bytes: gzipSync(text, { level }) } };
  }

  #all(): OpenSegment[] {
    return [...this.#full, ...this.#open.values()];
  }
}

function opened(logClass: LogClass, sequence: number, from: Mark): OpenSegment {
  const bytes = Buffer.allocUnsafeSlow(firstLength);
  return { class: logClass, sequence, from, last: -2, records: 0, bytes, length: 0 };
}

function append(open: OpenSegment, line: string): void {
  // A character of UTF-16 is three bytes at most.
  makeRoom(open, line.length * 3);
  open.length += open.bytes.write(line, open.length, 'utf8');
}

function makeRoom(open: OpenSegment, bytes: number): void {
  const most = open.length + bytes;
  if (most <= open.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(most, 2 * open.bytes.length));
  open.bytes.copy(larger, 0, 0, open.length);
  open.bytes = larger;
}
