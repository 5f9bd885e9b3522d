/** From lines of one container to the records of its log: joined, parsed, redacted, within limits. */
import type { GapRecord, LogRecord } from '../record/record.ts';
import type { LogSettings } from './log-settings.ts';
import type { RawLine } from './raw-line.ts';

export type LineRecord = LogRecord | GapRecord;

/** What a container has used of its day; kept with its position, so that a restart begins no new day. */
export interface DayUse {
  /** `YYYY-MM-DD` of the lines' own time. */
  readonly day: string;
  readonly bytes: number;
}

export interface PipelineOptions {
  readonly settings: LogSettings;
  /** Values that must not leave, whatever the settings say. */
  readonly secrets?: Iterable<string>;
  readonly used?: DayUse;
}

/**
 * Records come out in the order of their sequence. Limits go by the time of the lines, so that lines which are read twice make
 * the same records.
 */
export class LinePipeline {
  readonly #settings: LogSettings;

  constructor({ settings }: PipelineOptions) {
    this.#settings = settings;
  }

  /** @returns what is finished by this line: often one record, none while lines are joined */
  push(line: RawLine, _nowMs: number): readonly LineRecord[] {
    const { sequence, time, stream, text } = line;
    const kept = text.subarray(0, this.#settings.maxLineBytes);
    const cut = (line.cut ?? 0) + text.length - kept.length;
    return [
      {
        kind: 'log',
        sequence,
        time,
        stream,
        text: kept.toString('utf8'),
        ...(cut === 0 ? {} : { cut }),
      },
    ];
  }

  /** To be called about once a second. @returns what nothing has been added to for a second */
  drain(_nowMs: number): readonly LineRecord[] {
    return [];
  }

  /** The container has ended, or these settings do. @returns all that is held */
  close(): readonly LineRecord[] {
    return [];
  }

  /**
   * The first line that is in no record which came out, while there is one: a position that is written down must not be beyond it.
   */
  get held(): number | undefined {
    return undefined;
  }

  get used(): DayUse | undefined {
    return undefined;
  }
}
