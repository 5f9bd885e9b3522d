/** A container's log, asked of the engine. */

import type { LogLine } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { readLogLines } from './log-lines.ts';

/** Of one container in one collection; the rest comes with the next. */
const maxCollectedBytes = 1024 * 1024;
/** Of the last lines of one that failed. */
const maxLastBytes = 4 * 1024 * 1024;
/** Of a container that is met for the first time. */
const firstLines = 1000;

/** @param since a time of a line: from it on, that line included; undefined: the newest lines */
export function readLog(
  engine: Engine,
  container: string,
  since: string | undefined,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const from = since === undefined ? { tail: firstLines } : { since: engineTime(since) };
  return readLines(engine, { container, from, maxBytes: maxCollectedBytes }, signal);
}

/** The newest lines, whole. */
export function readLastLines(
  engine: Engine,
  container: string,
  count: number,
  signal: AbortSignal,
): Promise<LogLine[]> {
  return readLines(engine, { container, from: { tail: count }, maxBytes: maxLastBytes }, signal);
}

interface LogQuery {
  readonly container: string;
  readonly from: Readonly<Record<string, string | number>>;
  readonly maxBytes: number;
}

async function readLines(
  engine: Engine,
  { container, from, maxBytes }: LogQuery,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const query = { stdout: true, stderr: true, timestamps: true, follow: false, ...from };
  const stream = await engine.stream({ method: 'GET', path: `/containers/${container}/logs`, query }, signal);
  const pieces: AsyncIterable<Buffer> = stream;
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of pieces) {
      chunks.push(chunk);
      total += chunk.length;
      if (total >= maxBytes) break;
    }
  } finally {
    stream.destroy();
  }
  return readLogLines(Buffer.concat(chunks));
}

/** RFC 3339 with nanoseconds → the engine's `seconds.nanoseconds`. */
function engineTime(time: string): string {
  const [, whole = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(time) ?? [];
  const seconds = Math.floor(Date.parse(`${whole}Z`) / 1000);
  return `${Number.isFinite(seconds) ? seconds : 0}.${fraction.padEnd(9, '0')}`;
}
