/**
 * The engine's log stream → entries, as it comes: frames may be cut anywhere. Frames: Docker Engine API, "Attach to a
 * container", stream format. A terminal has none: bytes of lines.
 */

import { TowlineError } from '../../../core/errors.ts';
import type { LogEntry } from '../runtime.ts';

const headerBytes = 8;
const streams = ['stdout', 'stdout', 'stderr'] as const;
/** The engine's own are 16 KiB and a timestamp; one driver's are 1 MB. */
const maxFrameBytes = 2 * 1024 * 1024;
/** A terminal's line that does not end is handed on in parts. */
const maxOpenLineBytes = 64 * 1024;
/** Entries that are handed on together: what is alive at once when garbage is collected, and so is kept for long, is little. */
const mostAtOnce = 64;
/** Text of one part, as the engine cuts a line. */
const partBytes = 16 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

export class LogFrames {
  /** What came while less than `#need` was there. */
  #waiting: Buffer[] = [];
  #have = 0;
  #need = 1;
  #framed: boolean | undefined;

  /** What is whole by now, some at a time. @throws TowlineError ENGINE_ANSWER where a frame is none of the engine's */
  *push(chunk: Buffer): Generator<LogEntry[], void> {
    this.#waiting.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return;
    const bytes = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting);
    if (this.#framed === undefined && bytes.length >= headerBytes) {
      this.#framed = bytes.readUInt8(0) <= 2 && bytes.readUIntBE(1, 3) === 0;
    }
    if (this.#framed === undefined) this.#keep(bytes, headerBytes);
    else if (this.#framed) yield* this.#frames(bytes);
    else yield* this.#lines(bytes);
  }

  #keep(rest: Buffer, need: number): void {
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#have = rest.length;
    this.#need = need;
  }

  *#frames(bytes: Buffer): Generator<LogEntry[], void> {
    let entries: LogEntry[] = [];
    let at = 0;
    let need = headerBytes;
    while (at + headerBytes <= bytes.length) {
      const length = bytes.readUInt32BE(at + 4);
      if (length > maxFrameBytes) {
        throw new TowlineError('ENGINE_ANSWER', `a frame of a log says that it has ${length} bytes`);
      }
      const end = at + headerBytes + length;
      if (end > bytes.length) {
        need = end - at;
        break;
      }
      entries.push(framed(bytes, at, end));
      at = end;
      if (entries.length < mostAtOnce) continue;
      yield entries;
      entries = [];
    }
    this.#keep(bytes.subarray(at), need);
    if (entries.length > 0) yield entries;
  }

  *#lines(bytes: Buffer): Generator<LogEntry[], void> {
    let entries: LogEntry[] = [];
    let at = 0;
    for (let end = bytes.indexOf(newline, at); end !== -1; end = bytes.indexOf(newline, at)) {
      const textEnd = end > at && bytes[end - 1] === carriageReturn ? end - 1 : end;
      ofTerminal(bytes.subarray(at, textEnd), true, entries);
      at = end + 1;
      if (entries.length < mostAtOnce) continue;
      yield entries;
      entries = [];
    }
    const rest = bytes.subarray(at);
    let kept = rest.length;
    if (rest.length >= maxOpenLineBytes) {
      // Whole parts of it; the last one may go on.
      const parts: LogEntry[] = [];
      ofTerminal(rest, false, parts);
      const last = parts.pop();
      entries.push(...parts);
      kept = last === undefined ? 0 : last.time.length + 1 + last.text.length;
    }
    this.#keep(rest.subarray(rest.length - kept), kept + 1);
    if (entries.length > 0) yield entries;
  }
}

function framed(bytes: Buffer, at: number, end: number): LogEntry {
  const from = at + headerBytes;
  const found = bytes.indexOf(space, from);
  const gap = found === -1 || found >= end ? from : found;
  const whole = end > from && bytes[end - 1] === newline;
  return {
    time: bytes.toString('latin1', from, gap),
    stream: streams[bytes[at] ?? 0] ?? 'stdout',
    text: bytes.subarray(Math.min(gap + 1, end), whole ? end - 1 : end),
    whole,
  };
}

/** A long line is parts, each with its time before it and nothing that parts them. */
function ofTerminal(line: Buffer, whole: boolean, entries: LogEntry[]): void {
  let rest = line;
  for (;;) {
    const gap = rest.indexOf(space);
    if (gap <= 0) return;
    const time = rest.toString('latin1', 0, gap);
    const text = rest.subarray(gap + 1);
    const next = text.subarray(partBytes);
    const isParted =
      next.length > gap && next.toString('latin1', 0, 5) === time.slice(0, 5) && next[gap] === space;
    if (!isParted) {
      entries.push({ time, stream: 'tty', text, whole });
      return;
    }
    entries.push({ time, stream: 'tty', text: text.subarray(0, partBytes), whole: false });
    rest = next;
  }
}
