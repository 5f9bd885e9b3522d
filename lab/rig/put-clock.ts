import type { Clock } from '../../core/io/clock.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';

/** The system's clock, which a test puts forward and back: who sleeps looks again soon. */
export class PutClock implements Clock {
  readonly #system = createSystemClock();
  /** How far the wall clock is put, milliseconds. */
  aheadMs = 0;
  /** Time that has passed besides, milliseconds. */
  passedMs = 0;

  now(): number {
    return this.#system.now() + this.aheadMs;
  }

  monotonic(): number {
    return this.#system.monotonic() + this.passedMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#system.sleep(Math.min(ms, 20), signal);
  }
}
