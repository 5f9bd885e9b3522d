/** Parts of lines → lines. Each stream has a line of its own, so a character that is cut between parts is whole again. */

import type { LogEntry, LogLine } from '../runtime.ts';

interface OpenLine {
  readonly time: string;
  readonly parts: Buffer[];
  /** Of the engine; it keeps some of them empty. */
  count: number;
  bytes: number;
  cut: number;
}

/** A line and what of it was not kept. */
export interface JoinedLine extends LogLine {
  /** Bytes cut off its end. */
  readonly cut: number;
}

export class LineJoiner {
  readonly #maxLineBytes: number;
  readonly #open = new Map<LogEntry['stream'], OpenLine>();

  /** @param maxLineBytes text beyond it is cut off and counted */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** @returns the line that this entry ends */
  push({ time, stream, text, whole }: LogEntry): JoinedLine | undefined {
    const open = this.#open.size === 0 ? undefined : this.#open.get(stream);
    if (open === undefined && whole) {
      if (text.length <= this.#maxLineBytes) return { time, stream, text, cut: 0 };
      return {
        time,
        stream,
        text: text.subarray(0, this.#maxLineBytes),
        cut: text.length - this.#maxLineBytes,
      };
    }
    const line = open ?? { time, parts: [], count: 0, bytes: 0, cut: 0 };
    line.count += 1;
    const kept = text.subarray(0, this.#maxLineBytes - line.bytes);
    // A copy: the piece of the stream that it came in is not kept for it.
    if (kept.length > 0) line.parts.push(Buffer.from(kept));
    line.bytes += kept.length;
    line.cut += text.length - kept.length;
    if (!whole) {
      this.#open.set(stream, line);
      return undefined;
    }
    return this.#end(stream, line);
  }

  /**
   * To be asked before an entry is pushed: parts of one line have one time, and one driver does not say by the engine's API
   * which of them is the last.
   * @returns the line that has ended without saying so
   */
  endedBefore({ stream, time }: LogEntry): JoinedLine | undefined {
    const open = this.#open.get(stream);
    return open === undefined || open.time === time ? undefined : this.#end(stream, open);
  }

  /** Parts of the line that an entry goes on with. */
  partsBefore({ stream, time }: Pick<LogEntry, 'stream' | 'time'>): number {
    const open = this.#open.get(stream);
    return open?.time === time ? open.count : 0;
  }

  /** Whether a line has begun that has no end yet. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Lines that will have no end, since nothing comes after them. */
  close(): JoinedLine[] {
    return [...this.#open].map(([stream, line]) => this.#end(stream, line));
  }

  /** What was begun is read again. */
  forget(): void {
    this.#open.clear();
  }

  #end(stream: LogEntry['stream'], { time, parts, cut }: OpenLine): JoinedLine {
    this.#open.delete(stream);
    return { time, stream, text: Buffer.concat(parts), cut };
  }
}
