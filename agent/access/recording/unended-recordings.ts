/** Recordings that are over and whose end could not be written, on a full disk: written as soon as there is room. */
import { messageOf } from '../../../core/errors/cause.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';

export interface UnendedOptions {
  /** @throws what the file system throws */
  readonly end: (recording: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly signal: AbortSignal;
}

/** Between two attempts: doubled for each, milliseconds. */
const [firstMs, longestMs] = [2000, 300_000];

export class UnendedRecordings {
  readonly #options: UnendedOptions;
  readonly #all = new Set<string>();
  #running: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: UnendedOptions) {
    this.#options = options;
  }

  /** Settled when nothing of it runs any more. */
  get over(): Promise<void> {
    return this.#running;
  }

  add(recording: string): void {
    const isFirst = this.#all.size === 0;
    this.#all.add(recording);
    if (isFirst) this.#running = this.#running.then(() => this.#run());
  }

  /** Tries once. Never rejects. */
  end(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#end());
    return this.#turn;
  }

  async #run(): Promise<void> {
    const { clock, signal } = this.#options;
    for (
      let waitMs = firstMs;
      this.#all.size > 0 && !signal.aborted;
      waitMs = Math.min(2 * waitMs, longestMs)
    ) {
      await clock.sleep(waitMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.end();
    }
  }

  async #end(): Promise<void> {
    const { end, log } = this.#options;
    for (const recording of [...this.#all]) {
      try {
        await end(recording);
        this.#all.delete(recording);
        log.info({ recording }, 'the end of a recording is written');
      } catch (error) {
        log.warn({ recording, error: messageOf(error) }, 'the end of a recording cannot be written yet');
        return;
      }
    }
  }
}
