/** Entries of one container's log → numbered lines → records, each with the place from which it can be made again. */
import { LinePipeline, type LineRecord } from '../../../core/telemetry/lines/line-pipeline.ts';
import type { LogSettings } from '../../../core/telemetry/lines/log-settings.ts';
import type { GapReason } from '../../../core/telemetry/record/record.ts';
import { type JoinedLine, LineJoiner } from '../../runtime/engine/line-joiner.ts';
import type { LogEntry } from '../../runtime/runtime.ts';
import { microsecondsOf, wordOf } from './entry-time.ts';
import type { LineEnds } from './line-ends.ts';
import { earliest, type MakeMark, type Mark } from './mark.ts';
import type { LogPosition } from './position.ts';
import type { RecordTaker } from './record-taker.ts';

/** Of the engine's clock against the agent's, milliseconds: both are the device's. */
const toleranceMs = 10 * 60_000;

/** A line that goes on does so within that, milliseconds. */
const openMs = 1_000;
/** Places of lines that are held; one of more than those goes by the place before it. */
const mostHeld = 512;

/** What is missing, as far as it is known. */
export interface Loss {
  readonly lines?: number;
  readonly bytes?: number;
}

export class RecordStream {
  lineEnds: LineEnds = 'by itself';
  readonly #nowMs: () => number;
  readonly #taker: RecordTaker;
  #settings: LogSettings;
  #joiner: LineJoiner;
  #pipeline: LinePipeline;
  #sequence: number;
  /** Where the oldest line began that has no end yet. */
  #openFrom: Mark | undefined;
  /** Lines that the pipeline holds, and where each was read. */
  #held: { readonly sequence: number; readonly from: Mark }[] = [];
  /** Where a key began, as long as it has not ended: whoever begins within it would not know its lines. */
  #keyFrom: Mark | undefined;
  /** Lines stamped in the future that nothing has been said of. */
  #ahead: { readonly sequence: number; readonly from: Mark; lines: number } | undefined;
  /** What comes next is behind a gap; where reading goes on as long as that is not told. */
  #lost: Mark | undefined;
  #latest = '';
  #batchMs = 0;
  /** When something came last. */
  #openMs = 0;

  constructor(
    settings: LogSettings,
    { sequence, used }: LogPosition,
    { nowMs, taker }: { nowMs: () => number; taker: RecordTaker },
  ) {
    this.#settings = settings;
    this.#joiner = new LineJoiner(settings.maxLineBytes);
    this.#pipeline = new LinePipeline({ settings, ...(used === undefined ? {} : { used }) });
    this.#sequence = sequence;
    this.#nowMs = nowMs;
    this.#taker = taker;
  }

  /** Of the next line. */
  get sequence(): number {
    return this.#sequence;
  }

  /** What the day has come to. */
  get used(): LogPosition['used'] {
    return this.#pipeline.used;
  }

  /** The earliest place of anything that is in no record yet. */
  get pending(): Mark | undefined {
    return earliest(this.#openFrom, this.#held[0]?.from, this.#ahead?.from, this.#lost, this.#keyFrom);
  }

  /** Before the entries of a batch: the clock is read once for all of them. */
  begin(): void {
    const before = this.#batchMs;
    this.#batchMs = this.#nowMs();
    // A word is made for each second, not for each batch.
    if (Math.floor(before / 1000) === Math.floor(this.#batchMs / 1000)) return;
    this.#latest = new Date(this.#batchMs + toleranceMs).toISOString();
  }

  /** Parts of the line that an entry goes on with; 0: it begins one. */
  partsBefore(entry: Pick<LogEntry, 'stream' | 'time'>): number {
    return this.#joiner.isOpen ? this.#joiner.partsBefore(entry) : 0;
  }

  take(entry: LogEntry, now: MakeMark): void {
    const from = this.#lost === undefined ? now : this.#tellLost(this.#lost, entry.time);
    const endsByNext = this.lineEnds !== 'by itself' && this.#joiner.isOpen;
    const ended = endsByNext ? this.#joiner.endedBefore(entry) : undefined;
    if (ended !== undefined) this.#line(ended, from);
    if (this.#passes(entry)) {
      if (this.#taker.addPlain(entry, this.#sequence, from)) this.#sequence += 1;
      else this.#line({ ...entry, cut: 0 }, from, true);
      return;
    }
    this.#openMs = this.#batchMs;
    const line = this.#joiner.push(entry);
    if (!this.#joiner.isOpen) this.#openFrom = undefined;
    else this.#openFrom ??= from();
    if (line !== undefined) this.#line(line, from);
  }

  /** Most do: they are whole, and nothing waits. Then it is counted. */
  #passes(entry: LogEntry): boolean {
    if (!entry.whole || this.#joiner.isOpen || this.#ahead !== undefined || entry.time > this.#latest)
      return false;
    return this.#pipeline.passes(entry);
  }

  /** Lines that nobody has counted are missing here: told with what comes next, whose time says where numbers go on. */
  lost(from: MakeMark): void {
    this.#lost ??= from();
    this.interrupt(from);
  }

  #tellLost(lost: Mark, time: string): MakeMark {
    const from = () => lost;
    this.#lost = undefined;
    this.gap('rotated', {}, { time, from });
    return from;
  }

  /**
   * It has a number of its own, and each line that is known to be missing too. Where nobody knows how many are, numbers go on at
   * the microseconds of that time: after a crash what is behind the gap is read again, and more may be missing by then.
   */
  gap(reason: GapReason, { lines, bytes }: Loss, { time, from }: { time: string; from: MakeMark }): void {
    this.interrupt(from);
    this.tellAhead();
    if (reason === 'rotated' && lines === undefined)
      this.#sequence = Math.max(this.#sequence, microsecondsOf(time));
    const sequence = this.#sequence;
    this.#sequence += Math.max(1, lines ?? 1);
    const loss = { ...(lines === undefined ? {} : { lines }), ...(bytes === undefined ? {} : { bytes }) };
    this.#taker.add(
      { kind: 'gap', sequence, time: time === '' ? wordOf(this.#nowMs()) : time, reason, ...loss },
      from,
    );
  }

  /** Nothing that comes belongs to what has come: a line that has no end yet is read again, or lost. */
  interrupt(from: MakeMark): void {
    this.#joiner.forget();
    this.#openFrom = undefined;
    this.#hand(this.#pipeline.close(), from);
  }

  configure(settings: LogSettings, from: MakeMark): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    const { used } = this.#pipeline;
    this.#hand(this.#pipeline.close(), from);
    this.#settings = settings;
    this.#pipeline = new LinePipeline({ settings, used, before: this.#pipeline });
    // A line that has no end yet keeps the limit that it began with.
    if (!this.#joiner.isOpen) this.#joiner = new LineJoiner(settings.maxLineBytes);
  }

  /** Whether a line has begun that has no end yet. */
  get isOpen(): boolean {
    return this.#joiner.isOpen;
  }

  /** Lines that have no end yet will have none. */
  endOpen(from: MakeMark): void {
    for (const line of this.#joiner.close()) this.#line(line, from);
    this.#openFrom = undefined;
  }

  drain(from: MakeMark): void {
    if (this.lineEnds === 'silently' && this.#joiner.isOpen && this.#nowMs() - this.#openMs >= openMs)
      this.endOpen(from);
    if (this.#pipeline.held !== undefined) this.#hand(this.#pipeline.drain(this.#nowMs()), from);
  }

  tellAhead(): void {
    if (this.#ahead === undefined) return;
    const { sequence, lines, from } = this.#ahead;
    this.#ahead = undefined;
    this.#taker.add(
      { kind: 'gap', sequence, time: wordOf(this.#nowMs()), reason: 'clock', lines },
      () => from,
    );
  }

  #line({ time, stream, text, cut }: JoinedLine, from: MakeMark, isCounted = false): void {
    const sequence = this.#sequence;
    this.#sequence += 1;
    if (time > this.#latest) {
      this.#ahead ??= { sequence, from: from(), lines: 0 };
      this.#ahead.lines += 1;
      return;
    }
    if (this.#ahead !== undefined) this.tellAhead();
    const raw = cut === 0 ? { sequence, time, stream, text } : { sequence, time, stream, text, cut };
    const records = this.#pipeline.push(raw, this.#batchMs, isCounted);
    const { held, isInKey } = this.#pipeline;
    this.#keyFrom = isInKey ? (this.#keyFrom ?? from()) : undefined;
    if (records.length > 0) this.#hand(records, from);
    if (held === undefined) return;
    this.#held.push({ sequence, from: from() });
    while ((this.#held[1]?.sequence ?? Number.POSITIVE_INFINITY) <= held) this.#held.shift();
    // An earlier place does as well.
    if (this.#held.length > mostHeld) this.#held.splice(1, this.#held.length / 2);
  }

  #hand(records: readonly LineRecord[], now: MakeMark): void {
    if (records.length > 0) {
      const { pending } = this;
      const from = pending === undefined ? now : () => earliest(pending, now()) ?? pending;
      for (const record of records) this.#taker.add(record, from);
    }
    if (this.#pipeline.held === undefined && this.#held.length > 0) this.#held = [];
  }
}
