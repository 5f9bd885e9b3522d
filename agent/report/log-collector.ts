/** Recent lines of this device's containers, from where the last collection ended. */
import { isTowlineError } from '../../core/errors.ts';
import type { LastLog, LogLine, Runtime } from '../runtime/runtime.ts';
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

/** Of the engine's clock against the agent's, milliseconds: both are the device's. */
const toleranceMs = 10 * 60_000;

export interface LogQuestion {
  readonly container: LoggedContainer;
  readonly known: LogCursor | undefined;
  /** A cursor or a line that is later was stamped by a clock that was ahead. Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** @returns the new lines as a segment, if there are any, and the cursor behind them */
export async function collectLog(
  runtime: Pick<Runtime, 'logs'>,
  { container, known, nowMs }: LogQuestion,
  signal: AbortSignal,
): Promise<{ segment: Segment | undefined; cursor: LogCursor } | undefined> {
  const isAhead = (time: string) => Date.parse(time) > nowMs + toleranceMs;
  // Lines since then would be none until its year.
  const cursor = known === undefined || isAhead(known.time) ? undefined : known;
  let read: LogLine[];
  try {
    read = await runtime.logs(container.id, cursor?.time, signal);
  } catch (error) {
    signal.throwIfAborted();
    // The container is gone by now, its log driver cannot be read from (`none` answers 501), or the engine is away:
    // the status goes without these lines, and they come with the next one.
    if (isTowlineError(error) && error.code.startsWith('ENGINE_')) return undefined;
    throw error;
  }
  const lines = fresh(read, cursor).filter(({ time }) => !isAhead(time));
  const sequence = known?.sequence ?? 0;
  const last = lines.at(-1);
  if (last === undefined) return known === undefined ? undefined : { segment: undefined, cursor: known };
  const sameTime = lines.filter(({ time }) => time === last.time).length;
  const seen = sameTime + (cursor?.time === last.time ? cursor.seen : 0);
  const name = `${container.id.slice(0, 12)}-${String(sequence).padStart(10, '0')}.log`;
  const segment = {
    path: segmentPath(container, name),
    lines: lines.length,
    bytes: Buffer.concat(
      lines.flatMap(line => [Buffer.from(`${line.time} ${line.stream} `), line.text, newline]),
    ),
  };
  return { segment, cursor: { time: last.time, seen, sequence: sequence + lines.length } };
}

/** What a container that failed has said last, beside what is collected of it while it is there. */
export function lastSegment({ container, timeMs, lines }: LastLog): Segment {
  const name = `${container.id.slice(0, 12)}-failed-${timeMs}.log`;
  const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
  return { path: segmentPath(container, name), lines: lines.length, bytes };
}

function segmentPath({ project, service }: Omit<LoggedContainer, 'id'>, name: string): string {
  return `logs/${plain(project)}/${plain(service)}/${name}`;
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

function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '-').replace(/^\.+/, '-');
}
