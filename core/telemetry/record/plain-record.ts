/**
 * A line of a log into a segment, byte by byte and without a string: most lines are plain ASCII. What is made of a line must be
 * looked after, and that costs more than the line.
 */
import type { Level, LogRecord } from './record.ts';

export interface PlainRecord {
  /** Undefined: the number after that of the line before. */
  readonly sequence: number | undefined;
  readonly time: string;
  readonly stream: LogRecord['stream'];
  /** Without its line break. */
  readonly text: Buffer;
  readonly level: Level | undefined;
}

const [quote, backslash, carriageReturn] = [0x22, 0x5c, 0x0d];
/** Beside text and time: names, a number, a level. */
const aroundBytes = 120;

/** The most that one of these takes, bytes. */
export function plainRoom({ time, text }: Pick<PlainRecord, 'time' | 'text'>): number {
  return 2 * text.length + time.length + aroundBytes;
}

/** Without what a terminal ends its lines with. */
function endOf(text: Buffer): number {
  return text[text.length - 1] === carriageReturn ? text.length - 1 : text.length;
}

/**
 * The same bytes as `segmentLine` gives.
 * @param to has `plainRoom` from `from` on
 * @returns the place behind it; -1 where it is not plain, and what was written is nothing: a character is more than a byte, or has
 * to be escaped and is neither a quote nor a backslash
 */
export function writePlain(to: Buffer, from: number, record: PlainRecord): number {
  const { sequence, time, stream, text, level } = record;
  let at = word(to, from, sequence === undefined ? '{"time":"' : `{"sequence":${sequence},"time":"`);
  for (let index = 0; index < time.length; index += 1) {
    const code = time.charCodeAt(index);
    // `-`, `.`, digits, `:`, `T`, `Z`
    if ((code < 0x2d || code > 0x3a) && code !== 0x54 && code !== 0x5a) return -1;
    to[at++] = code;
  }
  at = word(to, at, stream === 'stdout' ? '","text":"' : `","stream":"${stream}","text":"`);
  const end = endOf(text);
  for (let index = 0; index < end; index += 1) {
    const byte = text[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return -1;
    if (byte === quote || byte === backslash) to[at++] = backslash;
    to[at++] = byte;
  }
  return word(to, at, level === undefined ? '"}\n' : leveled[level]);
}

const leveled: Readonly<Record<Level, string>> = {
  trace: '","level":"trace"}\n',
  debug: '","level":"debug"}\n',
  info: '","level":"info"}\n',
  warn: '","level":"warn"}\n',
  error: '","level":"error"}\n',
  fatal: '","level":"fatal"}\n',
};

function word(to: Buffer, from: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) to[from + index] = text.charCodeAt(index);
  return from + text.length;
}
