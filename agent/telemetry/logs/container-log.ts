/** The log of one container on its way from the engine into the spool, and how far it has come. */
import type { LogSettings } from '../../../core/telemetry/lines/log-settings.ts';
import type { Fields, GapReason } from '../../../core/telemetry/record/record.ts';
import type { LogEntry } from '../../runtime/runtime.ts';
import type { Spool } from '../collector.ts';
import { EntryPlace } from './entry-place.ts';
import { entryTime } from './entry-time.ts';
import type { LineEnds } from './line-ends.ts';
import { LogOrder, type Verdict } from './log-order.ts';
import { earliest, type MakeMark, type Mark } from './mark.ts';
import { type LoggedContainer, OpenSegments } from './open-segments.ts';
import { Outgoing } from './outgoing.ts';
import type { FilePlace, LogPosition } from './position.ts';
import { type Loss, RecordStream } from './record-stream.ts';

export interface ContainerLogOptions {
  readonly container: LoggedContainer;
  readonly position: LogPosition;
  readonly settings: LogSettings;
  /** The wall clock. */
  readonly nowMs: () => number;
  /** Fields that every record of it has. */
  readonly shared?: Fields;
}

export class ContainerLog {
  readonly container: LoggedContainer;
  readonly #segments: OpenSegments;
  readonly #outgoing: Outgoing;
  readonly #stream: RecordStream;
  readonly #nowMs: () => number;
  #order: LogOrder;
  readonly #place = new EntryPlace();
  /** In front of the entry that was counted last. */
  readonly #from: MakeMark = () => {
    const position = { ...this.#place.before, used: this.#stream.used, told: this.#told };
    return { at: this.#at - 1, position };
  };
  readonly #mark: MakeMark = () => ({ at: this.#at, position: this.position });
  #told: true | undefined;
  #silent: true | undefined;
  /** Entries of this run. */
  #at = 0;
  /** The entry that came last, while it is followed. */
  #last: LogEntry | undefined;

  constructor({ container, position, settings, nowMs, shared = {} }: ContainerLogOptions) {
    this.container = container;
    this.#nowMs = nowMs;
    this.#order = new LogOrder(position, nowMs);
    this.#segments = new OpenSegments(container, shared);
    this.#outgoing = new Outgoing(waiting => ({ container: container.id, position: this.#behind(waiting) }));
    this.moveTo(position.file);
    this.#told = position.told;
    this.#silent = position.silent;
    this.#stream = new RecordStream(settings, position, { nowMs, taker: this.#segments });
  }

  get order(): LogOrder {
    return this.#order;
  }

  get entries(): number {
    return this.#at;
  }

  /** Where reading goes on. */
  get position(): LogPosition {
    const { time, seen, high } = this.#order;
    const { sequence, used } = this.#stream;
    const { file } = this.#place;
    return { time, seen, high, sequence, file, used, told: this.#told, silent: this.#silent };
  }

  /** What may be written down: all before it is in the spool. */
  get durable(): LogPosition {
    return this.#behind(this.#outgoing.from);
  }

  #behind(waiting: Mark | undefined): LogPosition {
    const from = earliest(waiting, this.#segments.from, this.#stream.pending);
    return from === undefined ? this.position : { ...from.position, told: this.#told };
  }

  /** Reading begins behind these entries. */
  startBehind({ time, seen }: Pick<LogPosition, 'time' | 'seen'>): void {
    this.moveTo(undefined);
    this.#silent = undefined;
    this.#order = new LogOrder({ ...this.position, time, seen }, this.#nowMs);
  }

  /** Before the entries of a batch. */
  begin(): void {
    this.#stream.begin();
  }

  /**
   * An entry of an engine that may hand over something twice, or lose some.
   * @param isFollowed then it may be the last one again: `doubt` says that the engine has to be asked how many there are
   */
  offer(entry: LogEntry, isFollowed = false): Verdict | 'doubt' {
    const time = entryTime(entry.time);
    if (time === undefined) return 'old';
    this.#place.remember(this.#order, this.#stream.sequence);
    const parts = this.#stream.partsBefore({ stream: entry.stream, time });
    if (parts > 0 && !this.#order.isSeeking) this.#order.goOn(time, parts + 1);
    else {
      if (isFollowed && time === this.#order.time && this.#isLast(entry) && this.#order.isDoubtful(time))
        return 'doubt';
      const verdict = this.#order.judge(time);
      if (isFollowed && time === this.#order.time) this.#last = entry;
      if (verdict === 'old') return verdict;
      if (verdict === 'lost') this.#stream.lost(this.#from);
    }
    this.#at += 1;
    if (!isFollowed) this.#last = undefined;
    this.#stream.take(time === entry.time ? entry : { ...entry, time }, this.#from);
    return 'new';
  }

  #isLast({ stream, text }: LogEntry): boolean {
    return this.#last?.stream === stream && this.#last.text.equals(text);
  }

  /** While it is looked for where a file goes on. */
  offerFrom(entry: LogEntry, file: FilePlace): void {
    if (this.offer(entry) !== 'old' || !this.#order.isSeeking) this.moveTo(file);
  }

  /** An entry from a place in a file that is behind the last one. @param offset behind it */
  append(entry: LogEntry, inode: number, offset: number): void {
    this.#place.remember(this.#order, this.#stream.sequence);
    const parts = this.#stream.partsBefore(entry);
    if (parts > 0) this.#order.goOn(entry.time, parts + 1);
    else this.#order.advance(entry.time);
    this.#place.move(inode, offset);
    this.#at += 1;
    this.#stream.take(entry, this.#from);
  }

  /** The place is elsewhere now, or in no file. */
  moveTo(file: FilePlace | undefined): void {
    this.#place.move(file?.inode ?? 0, file?.offset ?? 0);
  }

  /** What was read last is gone: the next entry that is new is behind a gap. */
  lost(): void {
    this.#stream.lost(this.#mark);
  }

  gap(reason: GapReason, loss: Loss = {}): void {
    this.#stream.gap(reason, loss, { time: this.#order.time, from: this.#mark });
  }

  /** That it cannot be read is said once, as long as it cannot. @returns whether it is news */
  unreadable(): boolean {
    if (this.#told) return false;
    this.gap('unreadable');
    this.#told = true;
    return true;
  }

  readable(): void {
    this.#told = undefined;
  }

  configure(settings: LogSettings): void {
    this.#stream.configure(settings, this.#mark);
  }

  linesEnd(how: LineEnds): void {
    this.#stream.lineEnds = how;
  }

  /** Whether a line has begun that has no end yet. */
  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  /** Its container has ended, and with it its lines. */
  endOpen(): void {
    this.#stream.endOpen(this.#mark);
  }

  /** About once a second. */
  drain(): void {
    this.#stream.drain(this.#mark);
  }

  /** Nothing comes any more. */
  close(): void {
    this.endOpen();
    this.#stream.interrupt(this.#mark);
  }

  takeErrors(): boolean {
    return this.#segments.takeErrors();
  }

  /** Nothing more is to be read until something of it is in the spool. */
  get isFull(): boolean {
    return this.#segments.isFull || this.#outgoing.isFull;
  }

  get bytes(): number {
    return this.#segments.length + this.#outgoing.bytes;
  }

  /** What is not in the spool goes nowhere; how many there were does. */
  discard(): void {
    const lines = this.#segments.discard() + this.#outgoing.discard();
    if (lines > 0) this.gap('spool', { lines });
  }

  /** One after the other; what cannot be put is kept, and tried with the next. @throws what `Spool.put` throws */
  flush(which: 'full' | 'all', spool: Spool): Promise<void> {
    if (which === 'all') this.#stream.tellAhead();
    return this.#outgoing.flush(this.#segments.close(which), spool);
  }
}
