/** Whether a line that has no end will have one: not where its container has ended. The engine is asked ever more rarely. */
import type { Clock } from '../../../core/io/clock.ts';

/** Milliseconds after what came last. */
const firstAskMs = 1_000;
const longestAskMs = 30_000;

export class LastLine {
  readonly #ask: () => Promise<boolean>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #entries = -1;
  #hasEnded = false;
  #waitMs = firstAskMs;
  #dueMs = 0;

  /** @param ask the engine: whether the container has ended */
  constructor(ask: () => Promise<boolean>, clock: Pick<Clock, 'monotonic'>) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /**
   * To be asked where there is no more to read.
   * @param entries that were read: what was written right before the end comes first
   * @throws what asking throws
   */
  async isOver(entries: number): Promise<boolean> {
    const nowMs = this.#clock.monotonic();
    if (entries !== this.#entries) {
      this.#entries = entries;
      this.#hasEnded = false;
      this.#waitMs = firstAskMs;
      this.#dueMs = nowMs + firstAskMs;
    }
    if (this.#hasEnded) return true;
    if (nowMs < this.#dueMs) return false;
    this.#hasEnded = await this.#ask();
    this.#waitMs = Math.min(longestAskMs, 2 * this.#waitMs);
    this.#dueMs = nowMs + this.#waitMs;
    return false;
  }
}
