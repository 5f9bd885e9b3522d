/** Recent lines of this device's containers, from where the last collection ended. */
import { isTowlineError } from '../../core/errors.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import { type LogLine, readLogLines } from '../runtime/engine/log-lines.ts';
import type { Segment } from './outbox.ts';

/** Where reading goes on for one container. */
export interface LogCursor {
  /** Time of the last line that was read, and how many lines of that very time were. */
  readonly time: string;
  readonly seen: number;
  /** Number of the next line: `device/container/sequence` names a line for ever. */
  readonly sequence: number;
}

export type LogCursors = Readonly<Record<string, LogCursor>>;

export interface LoggedContainer {
  readonly id: string;
  readonly project: string;
  readonly service: string;
}

/** Of one container in one collection; the rest comes with the next. */
const maxCollectedBytes = 1024 * 1024;
/** Of a container that is met for the first time. */
const firstLines = 1000;

/** Of the engine's clock against the agent's, milliseconds: both are the device's. */
const toleranceMs = 10 * 60_000;

/**
 * @param nowMs a cursor or a line that is later was stamped by a clock that was ahead
 * @returns the new lines as a segment, if there are any, and the cursor behind them
 */
export async function collectLog(
  engine: Engine,
  container: LoggedContainer,
  known: LogCursor | undefined,
  nowMs: number,
  signal: AbortSignal,
): Promise<{ segment: Segment | undefined; cursor: LogCursor } | undefined> {
  const isAhead = (time: string) => Date.parse(time) > nowMs + toleranceMs;
  // Lines since then would be none until its year.
  const cursor = known === undefined || isAhead(known.time) ? undefined : known;
  const since = cursor === undefined ? undefined : engineTime(cursor.time);
  let bytes: Buffer;
  try {
    bytes = await readLog(engine, container.id, since, signal);
  } catch (error) {
    signal.throwIfAborted();
    // The container is gone by now, its log driver cannot be read from (`none` answers 501), or the engine is away:
    // the status goes without these lines, and they come with the next one.
    if (isTowlineError(error) && error.code.startsWith('ENGINE_')) return undefined;
    throw error;
  }
  const lines = fresh(readLogLines(bytes), cursor).filter(({ time }) => !isAhead(time));
  const sequence = known?.sequence ?? 0;
  const last = lines.at(-1);
  if (last === undefined) return known === undefined ? undefined : { segment: undefined, cursor: known };
  const sameTime = lines.filter(({ time }) => time === last.time).length;
  const seen = sameTime + (cursor?.time === last.time ? cursor.seen : 0);
  const name = `${container.id.slice(0, 12)}-${String(sequence).padStart(10, '0')}.log`;
  const segment = {
    path: `logs/${plain(container.project)}/${plain(container.service)}/${name}`,
    lines: lines.length,
    bytes: Buffer.concat(
      lines.flatMap(line => [Buffer.from(`${line.time} ${line.stream} `), line.text, newline]),
    ),
  };
  return { segment, cursor: { time: last.time, seen, sequence: sequence + lines.length } };
}

const newline = Buffer.from('\n');

/** `since` is inclusive: lines of the cursor's own time that were read before are left out. */
function fresh(lines: LogLine[], cursor: LogCursor | undefined): LogLine[] {
  if (cursor === undefined) return lines;
  let toSkip = cursor.seen;
  return lines.filter(({ time }) => {
    if (time < cursor.time) return false;
    if (time !== cursor.time || toSkip === 0) return true;
    toSkip -= 1;
    return false;
  });
}

async function readLog(
  engine: Engine,
  id: string,
  since: string | undefined,
  signal: AbortSignal,
): Promise<Buffer> {
  const query = { stdout: true, stderr: true, timestamps: true, follow: false };
  const from = since === undefined ? { tail: firstLines } : { since };
  const stream = await engine.stream(
    { method: 'GET', path: `/containers/${id}/logs`, query: { ...query, ...from } },
    signal,
  );
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      total += (chunk as Buffer).length;
      if (total >= maxCollectedBytes) break;
    }
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks);
}

/** RFC 3339 with nanoseconds → the engine's `seconds.nanoseconds`. */
function engineTime(time: string): string {
  const [, whole = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(time) ?? [];
  const seconds = Math.floor(Date.parse(`${whole}Z`) / 1000);
  return `${Number.isFinite(seconds) ? seconds : 0}.${fraction.padEnd(9, '0')}`;
}

function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '-').replace(/^\.+/, '-');
}
