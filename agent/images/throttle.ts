/** No more than so many bytes in a second, of all that take from it together. */
import type { Clock } from '../../core/io/clock.ts';

export class Throttle {
  readonly #clock: Clock;
  /** Bytes in a second; undefined: as many as come. */
  rateBytes: number | undefined;
  /** When what was taken so far has had its time, by the monotonic clock, milliseconds. */
  #untilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when they may pass: whoever reads no further meanwhile slows down who sends. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.rateBytes === undefined) return;
    const now = this.#clock.monotonic();
    const begins = Math.max(now, this.#untilMs);
    this.#untilMs = begins + (bytes / this.rateBytes) * 1000;
    if (begins > now) await this.#clock.sleep(begins - now, signal);
  }
}
