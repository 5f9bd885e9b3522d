/** A container's log, asked of the engine. */

import type { Readable } from 'node:stream';
import { TowlineError } from '../../../core/errors.ts';
import type { LogAsk, LogEntry, LogLine, TakeEntries } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { LogFrames } from './log-frames.ts';
import { readLogLines } from './log-lines.ts';

/** Of the last lines of one that failed. */
const maxLastBytes = 4 * 1024 * 1024;

/** The newest lines, whole. */
export async function readLastLines(
  engine: Engine,
  container: string,
  count: number,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const query = { stdout: true, stderr: true, timestamps: true, follow: false, tail: count };
  const stream = await engine.stream({ method: 'GET', path: `/containers/${container}/logs`, query }, signal);
  const pieces: AsyncIterable<Buffer> = stream;
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of pieces) {
      chunks.push(chunk);
      total += chunk.length;
      if (total >= maxLastBytes) break;
    }
  } finally {
    stream.destroy();
  }
  return readLogLines(Buffer.concat(chunks));
}

/**
 * Entries as they come, those that are there at once together. While `take` is busy nothing is read: the engine waits.
 * @returns where the log ends; with `follow`, where the container does
 * @throws TowlineError ENGINE_…, also where the engine goes away; the signal's reason
 */
export async function readEntries(
  engine: Engine,
  { container, follow, since, until, tail }: LogAsk,
  take: TakeEntries,
  signal: AbortSignal,
): Promise<void> {
  const query = {
    ...{ stdout: true, stderr: true, timestamps: true, follow },
    ...(since === undefined ? {} : { since: engineTime(since) }),
    ...(until === undefined ? {} : { until: engineTime(until) }),
    ...(tail === undefined ? {} : { tail }),
  };
  const path = `/containers/${container}/logs`;
  const request = { method: 'GET', path, query, isFlood: true } as const;
  const stream = await engine.stream(request, signal);
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) stream.destroy();
    await taken(stream, take);
    if (!stream.readableEnded) throw signal.reason ?? cut(request.path, stream.errored);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}

/** Entry by entry as bytes come: an engine writes each frame by itself, so whatever is done for a piece is done for each line. */
function taken(stream: Readable, take: TakeEntries): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const frames = new LogFrames();
  let isBusy = false;
  let isOver = false;
  const end = () => {
    isOver = true;
    if (!isBusy) resolve();
  };
  const all = (batches: Iterator<LogEntry[], void>): void => {
    try {
      for (let next = batches.next(); next.done !== true; next = batches.next()) {
        const busy = take(next.value);
        if (busy === undefined) continue;
        isBusy = true;
        stream.pause();
        busy.then(() => all(batches), reject);
        return;
      }
    } catch (error) {
      reject(error);
      return;
    }
    if (!isBusy) return;
    isBusy = false;
    if (isOver) resolve();
    else stream.resume();
  };
  stream.on('data', (chunk: Buffer) => all(frames.push(chunk)));
  stream.on('end', end);
  stream.on('close', end);
  // It may have been cut before anybody listened.
  if (stream.destroyed) end();
  return promise;
}

function cut(path: string, cause: unknown): TowlineError {
  const reason = 'its answer was cut';
  const details = { request: `GET ${path}`, reason };
  return new TowlineError('ENGINE_UNREACHABLE', `the engine does not answer (${reason})`, { cause, details });
}

/** RFC 3339 with nanoseconds → the engine's `seconds.nanoseconds`. */
function engineTime(time: string): string {
  const [, whole = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(time) ?? [];
  const seconds = Math.floor(Date.parse(`${whole}Z`) / 1000);
  return `${Number.isFinite(seconds) ? seconds : 0}.${fraction.padEnd(9, '0')}`;
}
