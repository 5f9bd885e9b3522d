/** Makes one record of lines that belong together, and keeps the order: two streams are joined side by side. */
import type { LogRecord } from '../record/record.ts';
import type { Multiline, Shape } from './multiline.ts';

/** How long a record waits for its next line, and for its last one. */
const [quietMs, longestMs] = [1000, 3000];
const mostLines = 1000;
/** What waits behind an open record of the other stream. */
const [mostWaiting, mostWaitingBytes] = [256, 256 * 1024];

interface Waiting {
  readonly record: LogRecord;
  readonly lines: string[];
  shape: Shape;
  bytes: number;
  cut: number;
  count: number;
  isOpen: boolean;
  readonly sinceMs: number;
  lastMs: number;
}

export class Joiner {
  readonly #multiline: Multiline;
  readonly #maxBytes: number;
  /** In the order of their sequence. */
  readonly #queue: Waiting[] = [];
  #bytes = 0;

  constructor(multiline: Multiline, maxBytes: number) {
    this.#multiline = multiline;
    this.#maxBytes = maxBytes;
  }

  get held(): number | undefined {
    return this.#queue[0]?.record.sequence;
  }

  /** @param isWhole nothing belongs to it: it is structured */
  add(record: LogRecord, isWhole: boolean, nowMs: number): LogRecord[] {
    const open = this.#queue.findLast(one => one.isOpen && one.record.stream === record.stream);
    if (open !== undefined && !isWhole && this.#continues(open, record.text)) {
      this.#append(open, record, nowMs);
      return this.#finished();
    }
    if (open !== undefined) open.isOpen = false;
    const bytes = Buffer.byteLength(record.text);
    this.#bytes += bytes;
    this.#queue.push({
      record,
      lines: [record.text],
      shape: isWhole ? 'plain' : this.#multiline.begin(record.text),
      bytes,
      cut: record.cut ?? 0,
      count: 1,
      isOpen: !isWhole,
      sinceMs: nowMs,
      lastMs: nowMs,
    });
    return this.#finished();
  }

  #continues(open: Waiting, line: string): boolean {
    if (open.count >= mostLines) return false;
    const { level } = open.record;
    const isCalm = level === 'trace' || level === 'debug' || level === 'info';
    const shape = this.#multiline.next(open.shape, line, isCalm);
    if (shape !== undefined) open.shape = shape;
    return shape !== undefined;
  }

  #append(open: Waiting, { text, cut = 0 }: LogRecord, nowMs: number): void {
    const bytes = Buffer.byteLength(text) + 1;
    open.count += 1;
    open.lastMs = nowMs;
    open.cut += cut;
    // What follows a line that was left out would look as if it came right behind.
    if (open.bytes + bytes > this.#maxBytes || open.cut > cut) {
      open.cut += bytes;
      return;
    }
    open.lines.push(text);
    open.bytes += bytes;
    this.#bytes += bytes;
  }

  /** From the front, as far as nothing is open; more where too much waits. */
  #finished(): LogRecord[] {
    const finished: LogRecord[] = [];
    for (let front = this.#queue[0]; front !== undefined; front = this.#queue[0]) {
      const isFull = this.#queue.length > mostWaiting || this.#bytes > mostWaitingBytes;
      if (front.isOpen && !isFull) break;
      this.#queue.shift();
      this.#bytes -= front.bytes;
      finished.push(joined(front));
    }
    return finished;
  }

  drain(nowMs: number): LogRecord[] {
    for (const one of this.#queue) {
      const [quiet, open] = [nowMs - one.lastMs, nowMs - one.sinceMs];
      // A clock that was set back says nothing of how long it was.
      if (quiet < 0 || quiet >= quietMs || open >= longestMs) one.isOpen = false;
    }
    return this.#finished();
  }

  close(): LogRecord[] {
    for (const one of this.#queue) one.isOpen = false;
    return this.#finished();
  }
}

function joined({ record, lines, shape, cut }: Waiting): LogRecord {
  const isTrace = shape !== 'plain';
  const { level } = record;
  return {
    ...record,
    text: lines.length === 1 ? record.text : lines.join('\n'),
    ...(level === undefined && isTrace ? { level: 'error' as const } : {}),
    ...(cut === 0 ? {} : { cut }),
  };
}
