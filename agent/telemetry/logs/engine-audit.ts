/**
 * The engine loses entries of a stream that it follows when it begins another file, and does not say so. As often as it may have
 * begun one, what it keeps is counted against what it has handed over.
 */
import type { LogEntry, LogPlace, Runtime } from '../../runtime/runtime.ts';
import type { ContainerLog } from './container-log.ts';
import { earlier, entryTime } from './entry-time.ts';

/** Bytes of an entry beside its text, at least. */
const entryBytes = 60;
const slackMs = 250;

interface Point {
  readonly time: string;
  readonly seen: number;
  /** Entries that were taken by then. */
  readonly count: number;
}

export class EngineAudit {
  readonly #runtime: Pick<Runtime, 'logEntries'>;
  readonly #log: ContainerLog;
  readonly #everyBytes: number;
  #from: Point;
  #bytes = 0;
  #running: Promise<void> | undefined;

  constructor(runtime: Pick<Runtime, 'logEntries'>, log: ContainerLog, { maxFileBytes, maxFiles }: LogPlace) {
    this.#runtime = runtime;
    this.#log = log;
    // Then the place where it began is still there, where two files are kept: if it is not, more was written than came.
    // Of one file alone all goes at once, and nothing can be told.
    this.#everyBytes =
      maxFileBytes === undefined || maxFiles < 2 ? Number.POSITIVE_INFINITY : maxFileBytes / 2;
    this.#from = pointOf(log);
  }

  /** After they were offered. */
  count(entries: readonly LogEntry[], signal: AbortSignal): void {
    if (this.#everyBytes === Number.POSITIVE_INFINITY) return;
    // In front of the first entry is no place that could be found again.
    if (this.#from.time === '') this.#from = pointOf(this.#log);
    for (const { text } of entries) this.#bytes += text.length + entryBytes;
    if (this.#bytes >= this.#everyBytes) this.#begin(signal);
  }

  /** What is left of the stream. */
  async end(signal: AbortSignal): Promise<void> {
    await this.#running;
    if (this.#bytes > 0) this.#begin(signal);
    await this.#running;
  }

  #begin(signal: AbortSignal): void {
    // A point within a line is none.
    if (this.#running !== undefined || this.#log.isOpen) return;
    const [from, to] = [this.#from, pointOf(this.#log)];
    this.#from = to;
    this.#bytes = 0;
    this.#running = this.#compare(from, to, signal)
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #compare(from: Point, to: Point, signal: AbortSignal): Promise<void> {
    const kept = await this.#kept(from, to, signal);
    const taken = to.count - from.count;
    if (kept === undefined) this.#log.gap('rotated');
    else if (kept > taken) this.#log.gap('rotated', { lines: kept - taken });
  }

  /** @returns how many entries the engine has behind one place, up to another; undefined: one of them is gone */
  async #kept(from: Point, to: Point, signal: AbortSignal): Promise<number | undefined> {
    let left = from.time === '' ? 0 : from.seen;
    let last = to.seen - (from.time === to.time ? from.seen : 0);
    let count = 0;
    const since = from.time === '' ? undefined : earlier(from.time, slackMs);
    const ask = {
      container: this.#log.container.id,
      follow: false,
      since,
      until: earlier(to.time, -slackMs),
    };
    await this.#runtime.logEntries(
      ask,
      entries => {
        for (const entry of entries) {
          const time = entryTime(entry.time);
          if (left > 0) left -= time === from.time ? 1 : 0;
          else if (last > 0) {
            count += 1;
            if (time === to.time) last -= 1;
          }
        }
        return undefined;
      },
      signal,
    );
    return left > 0 || last > 0 ? undefined : count;
  }
}

function pointOf({ order, entries }: ContainerLog): Point {
  return { time: order.time, seen: order.seen, count: entries };
}
