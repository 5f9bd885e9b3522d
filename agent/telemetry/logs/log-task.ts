/** Collects the log of one container for as long as that container is there. */
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { Spool } from '../collector.ts';
import type { ContainerLog } from './container-log.ts';
import { type LogRuntime, newestEntry, newestLines } from './engine-source.ts';
import type { LogSource } from './log-source.ts';

/** Milliseconds. */
const againMs = 2_000;
/** Where nothing came: while a clock is behind what it has stamped, each look is at a whole log. */
const longestAgainMs = 30_000;
const shortestPauseMs = 500;
const longestPauseMs = 30_000;
/** A log that cannot be read will hardly be, as long as its container is there. */
const unreadablePauseMs = 10 * 60_000;

export interface TaskOptions {
  readonly log: ContainerLog;
  readonly runtime: LogRuntime;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly told: Pick<Log, 'warn' | 'info'>;
  readonly sourceOf: (log: ContainerLog, signal: AbortSignal) => Promise<LogSource | undefined>;
  /** Where it stands is on the disk, before anything is put that was read from there. */
  readonly keep: () => Promise<void>;
  /** It was there before its log was collected: the newest lines are enough. */
  readonly isOld: boolean;
}

export class LogTask {
  readonly log: ContainerLog;
  readonly #options: TaskOptions;
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  /** Its container has ended, and all was read. */
  #isOver = false;
  /** The disk took nothing, and nothing was read: there is more than was read. */
  #isBehind = false;
  readonly #asked = new Set<() => void>();
  #pauseMs = shortestPauseMs;
  #againMs = againMs;
  #isNew: boolean;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.log = options.log;
    this.#isNew = options.isOld;
  }

  /** The container may have started, or the engine is back. */
  wake(): void {
    this.#wake.resolve();
  }

  stop(): void {
    this.#stop.abort();
  }

  /** All that its container has said by now is read; where it runs, when it has ended. Never rejects. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    if (this.#isOver || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asked.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#asked.delete(resolve);
  }

  /** @returns true where its container is gone, false where it was stopped. Never throws */
  async run(outer: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([outer, this.#stop.signal]);
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      this.#isOver = false;
      let pauseMs: number | undefined;
      try {
        pauseMs = await this.#read(signal);
        this.#pauseMs = shortestPauseMs;
      } catch (error) {
        if (signal.aborted) break;
        if (isGone(error)) {
          if (this.#isBehind) this.log.gap('rotated');
          return true;
        }
        pauseMs = this.#trouble(error);
      }
      await this.#rest(pauseMs, signal);
    }
    return false;
  }

  /** @returns how long until it is read again, milliseconds; undefined: until it is woken */
  async #read(signal: AbortSignal): Promise<number | undefined> {
    const { log, runtime, sourceOf } = this.#options;
    const source = await sourceOf(log, signal);
    if (source === undefined) return this.#unreadable('its logging driver keeps nothing');
    if (log.position.silent) log.startBehind(await newestEntry(runtime, log.container.id, signal));
    if (this.#isNew) {
      const newest = await newestLines(runtime, log.container.id, signal);
      if (newest !== undefined) log.startBehind(newest);
      this.#isNew = false;
    }
    const caughtUp = () => this.#caughtUp();
    const before = log.entries;
    const how = await source.read({ log, signal, caughtUp, breathe: () => this.#breathe(signal) });
    log.readable();
    this.#isBehind = false;
    if (how === 'again') {
      this.#againMs = log.entries > before ? againMs : Math.min(longestAgainMs, 2 * this.#againMs);
      return this.#againMs;
    }
    this.#over();
    return undefined;
  }

  #over(): void {
    this.#isOver = true;
    this.#caughtUp();
  }

  #caughtUp(): void {
    for (const resolve of this.#asked) resolve();
  }

  #breathe(signal: AbortSignal): Promise<void> | undefined {
    const { log, spool } = this.#options;
    if (log.takeErrors()) spool.urgent();
    return log.isFull ? this.#put(signal) : undefined;
  }

  /** While the disk takes nothing, nothing is read. */
  async #put(signal: AbortSignal): Promise<void> {
    const { log, spool, keep, clock, told } = this.#options;
    for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        await keep();
        await log.flush('full', spool);
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#isBehind = true;
        if (pauseMs === shortestPauseMs)
          told.warn({ error: messageOf(error) }, 'a segment of a log is not put; it is tried again');
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  #trouble(error: unknown): number {
    const isAway = isTowlineError(error) && error.code === 'ENGINE_UNREACHABLE';
    if (!isAway) return this.#unreadable(messageOf(error));
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    return pauseMs;
  }

  #unreadable(reason: string): number {
    const { log, told } = this.#options;
    const { project, service } = log.container;
    if (log.unreadable()) told.warn({ project, service, reason }, 'the log of a container cannot be read');
    this.#over();
    return unreadablePauseMs;
  }

  async #rest(pauseMs: number | undefined, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const either = AbortSignal.any([signal, woken.signal]);
    // One that cannot be read is not tried at each start.
    const isDeaf = pauseMs === unreadablePauseMs;
    const pause = this.#options.clock.sleep(pauseMs ?? 2 ** 31 - 1, either).catch(() => undefined);
    await (isDeaf ? pause : Promise.race([pause, this.#wake.promise]));
    woken.abort();
    await pause;
  }
}

function isGone(error: unknown): boolean {
  return isTowlineError(error) && error.code === 'ENGINE_REFUSED' && error.details.status === 404;
}
