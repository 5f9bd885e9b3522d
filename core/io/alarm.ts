/** Rings at a time that may change until then, for whoever watches. */
import type { Clock } from './clock.ts';

/** A timer takes no longer time, milliseconds. */
const longestSleepMs = 24 * 3_600_000;

export class Alarm {
  readonly #time: Pick<Clock, 'now' | 'sleep'>;
  #ring: (() => void) | undefined;
  #sleep = new AbortController();
  #atMs: number | undefined;

  constructor(time: Pick<Clock, 'now' | 'sleep'>) {
    this.#time = time;
  }

  /** @param atMs milliseconds since the epoch; undefined, and what has come already: it does not ring */
  set(atMs: number | undefined): void {
    this.#sleep.abort();
    this.#atMs = atMs;
    const ms = (atMs ?? 0) - this.#time.now();
    if (ms <= 0 || this.#ring === undefined) return;
    this.#sleep = new AbortController();
    this.#time.sleep(Math.min(ms + 1, longestSleepMs), this.#sleep.signal).then(
      () => this.#ring?.(),
      () => undefined,
    );
  }

  /** Rings until it is aborted. Who does not watch is not kept awake. */
  async watch(ring: () => void, signal: AbortSignal): Promise<void> {
    this.#ring = ring;
    this.set(this.#atMs);
    if (!signal.aborted)
      await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    this.#sleep.abort();
    this.#ring = undefined;
  }
}
