/** One line as a container has written it. */
import type { LogRecord } from '../record/record.ts';

export interface RawLine {
  /** Counted from the container's first line that was ever read: physical lines, parts of one counted once. */
  readonly sequence: number;
  /** The engine's timestamp of its first part, RFC 3339 with nanoseconds, in UTC. */
  readonly time: string;
  readonly stream: LogRecord['stream'];
  /** Without its line break; may be no UTF-8. */
  readonly text: Buffer;
  /** Bytes of it that the source has not kept. */
  readonly cut?: number;
}
