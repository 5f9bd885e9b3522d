/** Rings when a time has come, whatever the wall clock is set to meanwhile: by itself, and once. */
import type { Clock } from './clock.ts';
import { sleepUntil } from './sleep-until.ts';

export class UntilWatch {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #controller = new AbortController();
  #untilMs: number | undefined;
  #rangMs: number | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** @param untilMs milliseconds since the epoch; undefined: never. @returns whether it has rung for that time already */
  watch(untilMs: number | undefined): boolean {
    if (untilMs !== undefined && untilMs === this.#rangMs) return true;
    if (untilMs === this.#untilMs) return false;
    this.#untilMs = untilMs;
    this.#controller.abort();
    this.#controller = new AbortController();
    if (untilMs !== undefined) this.#wait(untilMs, this.#controller.signal).catch(() => undefined);
    return false;
  }

  async #wait(untilMs: number, signal: AbortSignal): Promise<void> {
    await sleepUntil(this.#clock, untilMs, signal);
    this.#rangMs = untilMs;
    this.#ring();
  }
}
