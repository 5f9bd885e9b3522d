/** From lines of one container to the records of its log: joined, parsed, redacted, within limits. */
import { Redactor } from '../../redaction/redactor.ts';
import type { Fields, GapReason, GapRecord, Level, LogRecord } from '../record/record.ts';
import { Joiner } from './joiner.ts';
import { capped, readJsonLine } from './json-line.ts';
import { levelOfText } from './level-word.ts';
import { type DayUse, LineLimit } from './line-limit.ts';
import { decoded, LineHider } from './line-text.ts';
import type { LogSettings } from './log-settings.ts';
import { multilines } from './multiline.ts';
import type { RawLine } from './raw-line.ts';

export type LineRecord = LogRecord | GapRecord;

export interface PipelineOptions {
  readonly settings: LogSettings;
  /** Values that must not leave, whatever the settings say. */
  readonly secrets?: Iterable<string>;
  readonly used?: DayUse | undefined;
  /** Of the same log, with other settings: a key that it is in the middle of is one still. */
  readonly before?: LinePipeline | undefined;
}

/** A gap is told when lines come again, and by then. That of a day that is used up may be long. */
const gapMs: Readonly<Partial<Record<GapReason, number>>> = { rate: 1000, budget: 60_000 };

interface OpenGap {
  readonly sequence: number;
  readonly time: string;
  readonly reason: 'rate' | 'budget';
  lines: number;
  bytes: number;
  readonly sinceMs: number;
}

/**
 * Records come out in the order of their sequence. Limits go by the time of the lines, so that lines which are read twice make
 * the same records.
 */
export class LinePipeline {
  readonly #settings: LogSettings;
  readonly #limit: LineLimit;
  readonly #redactor: Redactor;
  readonly #hiders = new Map<LogRecord['stream'], LineHider>();
  readonly #joiner: Joiner | undefined;
  readonly #isPlain: boolean;
  #gap: OpenGap | undefined;

  constructor({ settings, secrets = [], used, before }: PipelineOptions) {
    this.#settings = settings;
    this.#limit = new LineLimit(settings, used);
    this.#redactor = new Redactor({ ...settings.redact, secrets });
    for (const [stream, { keys }] of before === undefined ? [] : before.#hiders)
      this.#hiders.set(stream, new LineHider(this.#redactor, keys));
    const { multiline, maxLineBytes } = settings;
    if (multiline !== undefined) this.#joiner = new Joiner(multilines[multiline], maxLineBytes);
    this.#isPlain = multiline === undefined && settings.format === 'text' && this.#redactor.isIdle;
  }

  /**
   * @param isCounted `passes` has said so
   * @returns what is finished by this line: often one record, none while lines are joined
   */
  push(line: RawLine, nowMs: number, isCounted = false): readonly LineRecord[] {
    const bytes = line.text.length + (line.cut ?? 0);
    const reason = isCounted
      ? undefined
      : this.#limit.exceeded(line.time, Math.min(bytes, this.#settings.maxLineBytes));
    if (reason !== undefined) return this.#leftOut(line, bytes, reason, nowMs);
    const before = this.#closedGap();
    const [record, isWhole] = this.#record(line);
    const after = this.#joiner?.add(record, isWhole, nowMs) ?? [record];
    return before.length === 0 ? after : [...before, ...after];
  }

  /**
   * Whether a line is a record of its own as it stands, but for its level: nothing is to be taken out of it, joined to it or said
   * before it. Then it is counted.
   */
  passes({ time, text }: Pick<RawLine, 'time' | 'text'>): boolean {
    if (!this.#isPlain || this.#gap !== undefined || text.length > this.#settings.maxLineBytes) return false;
    return this.#limit.passes(time, text.length);
  }

  #leftOut(line: RawLine, bytes: number, reason: 'rate' | 'budget', nowMs: number): readonly LineRecord[] {
    const gap = this.#gap;
    if (gap?.reason === reason) {
      gap.lines += 1;
      gap.bytes += bytes;
      return [];
    }
    // What comes before it comes out before it.
    const before = [...(this.#joiner?.close() ?? []), ...this.#closedGap()];
    const { sequence, time } = line;
    this.#gap = { sequence, time, reason, lines: 1, bytes, sinceMs: nowMs };
    return before;
  }

  #closedGap(): LineRecord[] {
    if (this.#gap === undefined) return [];
    const { sinceMs: _, ...gap } = this.#gap;
    this.#gap = undefined;
    return [{ kind: 'gap', ...gap }];
  }

  #record(line: RawLine): readonly [record: LogRecord, isWhole: boolean] {
    const { sequence, time, stream } = line;
    const [text, cut] = decoded(line, this.#settings.maxLineBytes);
    const json = this.#settings.format === 'json' ? readJsonLine(text) : undefined;
    const record: { -readonly [Key in keyof LogRecord]: LogRecord[Key] } = {
      kind: 'log',
      sequence,
      time,
      stream,
      text: this.#hide(stream, json?.message ?? text, cut > 0),
    };
    const level: Level | undefined = json === undefined ? levelOfText(text) : json.level;
    if (level !== undefined) record.level = level;
    if (json !== undefined) record.fields = this.#hideFields(json.fields);
    if (cut > 0) record.cut = cut;
    return [record, json !== undefined];
  }

  #hide(stream: LogRecord['stream'], text: string, isCut: boolean): string {
    if (this.#redactor.isIdle) return text;
    let hider = this.#hiders.get(stream);
    if (hider === undefined) {
      hider = new LineHider(this.#redactor);
      this.#hiders.set(stream, hider);
    }
    return hider.hide(text, isCut);
  }

  #hideFields(fields: Fields): Fields {
    const redactor = this.#redactor;
    if (redactor.isIdle) return capped(fields);
    const shown = Object.entries(fields).map(([name, value]) => [
      redactor.hide(name),
      redactor.hideField(name, value),
    ]);
    return capped(Object.fromEntries(shown));
  }

  /** To be called about once a second. @returns what nothing has been added to for a second */
  drain(nowMs: number): readonly LineRecord[] {
    const joined: readonly LineRecord[] = this.#joiner?.drain(nowMs) ?? [];
    const gap = this.#gap;
    if (gap === undefined) return joined;
    const openMs = nowMs - gap.sinceMs;
    return openMs < 0 || openMs >= (gapMs[gap.reason] ?? 0) ? [...joined, ...this.#closedGap()] : joined;
  }

  /** The container has ended, or these settings do. @returns all that is held */
  close(): readonly LineRecord[] {
    return [...(this.#joiner?.close() ?? []), ...this.#closedGap()];
  }

  /**
   * The first line that is in no record which came out, while there is one: a position that is written down must not be beyond it.
   */
  get held(): number | undefined {
    return this.#joiner?.held ?? this.#gap?.sequence;
  }

  /** A key has begun that has not ended: its lines are known by those in front of them alone. */
  get isInKey(): boolean {
    for (const { keys } of this.#hiders.values()) if (keys?.isOpen === true) return true;
    return false;
  }

  /** Undefined: nothing limits its day. */
  get used(): DayUse | undefined {
    return this.#limit.used;
  }
}
