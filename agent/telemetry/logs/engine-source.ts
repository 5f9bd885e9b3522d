/**
 * A log by the engine's API, which is always there. It is followed while the container runs; whenever that ends it is read once
 * more without following, since a stream that ends with its container may end before the last lines.
 */
import type { LogAsk, LogEntry, LogPlace, Runtime, TakeEntries } from '../../runtime/runtime.ts';
import type { ContainerLog } from './container-log.ts';
import { EngineAudit } from './engine-audit.ts';
import { earlier, entryTime } from './entry-time.ts';
import type { LogSource, ReadOptions } from './log-source.ts';

/** Of a container that was there before its log was collected. */
const firstLines = 1000;
/** Two streams are stamped before they are written one after the other, milliseconds. */
const slackMs = 250;

export type LogRuntime = Pick<Runtime, 'logEntries' | 'logPlace'>;

export class EngineSource implements LogSource {
  readonly #runtime: LogRuntime;
  readonly #place: LogPlace;

  constructor(runtime: LogRuntime, place: LogPlace) {
    this.#runtime = runtime;
    this.#place = place;
  }

  async read(options: ReadOptions): Promise<'ended' | 'again'> {
    const { log } = options;
    log.linesEnd(this.#place.driver === 'local' ? 'silently' : 'by itself');
    await this.#sweep(options);
    // Stamped by a clock that was put back since: a stream from here on would leave out what is stamped now.
    if (log.order.isAhead || log.order.isFolded) return 'again';
    if (this.#place.hasEnded) {
      log.endOpen();
      return 'ended';
    }
    const fellBack = await this.#follow(options);
    await this.#sweep(options);
    if (fellBack) return 'again';
    log.endOpen();
    return 'ended';
  }

  /** All that is there, without following. */
  async #sweep(options: ReadOptions): Promise<void> {
    const { log, signal } = options;
    const { order } = log;
    order.seek();
    const ask = { container: log.container.id, follow: false, since: since(log) };
    await this.#runtime.logEntries(ask, this.#taking(options), signal);
    if (!order.isSeeking) return;
    // The last entry is not in there: so nothing is that was read.
    order.giveUp();
    if (order.time !== '') log.lost();
    await this.#runtime.logEntries(ask, this.#taking(options), signal);
  }

  /** @returns true where times do not say any more where it goes on */
  async #follow(options: ReadOptions): Promise<boolean> {
    const { log, signal } = options;
    const { order } = log;
    const over = new AbortController();
    const audit = new EngineAudit(this.#runtime, log, this.#place);
    const take = this.#following(options);
    const ask: LogAsk = { container: log.container.id, follow: true, since: since(log) };
    order.seek();
    try {
      await this.#runtime.logEntries(
        ask,
        entries => {
          const pause = take(entries);
          audit.count(entries, signal);
          if (order.isFolded) over.abort();
          return pause;
        },
        AbortSignal.any([signal, over.signal]),
      );
    } catch (error) {
      if (!over.signal.aborted) throw error;
    } finally {
      await audit.end(signal);
    }
    order.giveUp();
    return over.signal.aborted;
  }

  #following({ log, breathe, signal }: ReadOptions): TakeEntries {
    const rest = async (entries: readonly LogEntry[]): Promise<void> => {
      for (const entry of entries) {
        if (log.offer(entry, true) !== 'doubt') continue;
        log.order.settle(await this.#entriesAt(log.container.id, log.order.time, signal));
        log.offer(entry, true);
      }
      await breathe();
    };
    return entries => {
      log.begin();
      for (const [index, entry] of entries.entries()) {
        if (log.offer(entry, true) === 'doubt') return rest(entries.slice(index));
      }
      return breathe();
    };
  }

  /** How many entries the engine has of one time. */
  async #entriesAt(container: string, time: string, signal: AbortSignal): Promise<number> {
    let count = 0;
    const ask = { container, follow: false, since: time, until: time };
    await this.#runtime.logEntries(
      ask,
      entries => {
        count += entries.filter(entry => entryTime(entry.time) === time).length;
        return undefined;
      },
      signal,
    );
    return count;
  }

  #taking({ log, breathe }: ReadOptions): TakeEntries {
    return entries => {
      log.begin();
      for (const entry of entries) log.offer(entry);
      return breathe();
    };
  }
}

function since({ order }: ContainerLog): string | undefined {
  if (order.time === '' || order.isAhead) return undefined;
  return earlier(order.time, slackMs);
}

/** The last entry of a log, and how many have its time. */
export async function newestEntry(
  runtime: LogRuntime,
  container: string,
  signal: AbortSignal,
): Promise<{ time: string; seen: number }> {
  let [time, seen] = ['', 0];
  const take: TakeEntries = entries => {
    for (const entry of entries) {
      const at = entryTime(entry.time);
      if (at === undefined) continue;
      seen = at === time ? seen + 1 : 1;
      time = at;
    }
    return undefined;
  };
  // So many may have one time.
  await runtime.logEntries({ container, follow: false, tail: 64 }, take, signal);
  return { time, seen };
}

/** Where the newest lines of a log begin; undefined: it has no more than those. */
export async function newestLines(
  runtime: LogRuntime,
  container: string,
  signal: AbortSignal,
): Promise<{ time: string; seen: number } | undefined> {
  let count = 0;
  let first = '';
  let seen = 0;
  const ask = { container, follow: false, tail: firstLines + 1 };
  await runtime.logEntries(
    ask,
    entries => {
      if (count === 0) first = entries[0]?.time ?? '';
      count += entries.length;
      seen += entries.filter(({ time }) => time === first).length;
      return undefined;
    },
    signal,
  );
  const time = entryTime(first);
  return count > firstLines && time !== undefined ? { time, seen } : undefined;
}
