/** One record of a device's telemetry, as it stands in a segment: one line of JSON each. */

/** From the least to the most. */
export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

/** Fields of a structured log line, or of an event; nested ones are joined by dots. */
export type Fields = Readonly<Record<string, string | number | boolean>>;

export interface LogRecord {
  readonly kind: 'log';
  /**
   * Number of its first line in the container's log: `device/container/sequence` is the id of a record for ever. Lines are
   * counted as they are read, so that what is read twice has one id; what was dropped leaves its numbers out.
   */
  readonly sequence: number;
  /** The engine's timestamp, RFC 3339 with nanoseconds, in UTC. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr' | 'tty';
  readonly text: string;
  /** As the app says it; absent where it does not. */
  readonly level?: Level;
  readonly fields?: Fields;
  /** Bytes that were cut off its end. */
  readonly cut?: number;
}

/** `rotated`: the engine had removed it before it was read. `rate`, `budget`, `spool`: a limit. `clock`: stamped in the future. */
export const gapReasons = ['rotated', 'rate', 'budget', 'spool', 'clock', 'unreadable'] as const;
export type GapReason = (typeof gapReasons)[number];

/** Something is missing here, and how much. */
export interface GapRecord {
  readonly kind: 'gap';
  /** Of the first line that is missing, where lines are counted. */
  readonly sequence: number;
  readonly time: string;
  readonly reason: GapReason;
  /** Absent: not known. */
  readonly lines?: number;
  readonly bytes?: number;
}

/** What happened on the device: of the engine, of an app, of the agent. */
export interface EventRecord {
  readonly kind: 'event';
  /** Counted for the device: the id is `device/events/sequence`. */
  readonly sequence: number;
  readonly time: string;
  /** Words with dots, such as `container.die`, `app.applied`. */
  readonly name: string;
  /** For a person. */
  readonly text: string;
  readonly level?: Level;
  readonly project?: string;
  readonly service?: string;
  /** Twelve digits of its id. */
  readonly container?: string;
  readonly fields?: Fields;
}

export type TelemetryRecord = LogRecord | GapRecord | EventRecord;
