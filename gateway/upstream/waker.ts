import type { Clock } from '../../core/io/clock.ts';

/** A wait that can be cut short. A wake that comes while nobody waits is kept for the next wait; more are one. */
export class Waker {
  #woken = false;
  #cut: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#cut?.();
  }

  /** @throws the signal's reason when it is aborted. */
  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#cut = () => woken.abort();
    try {
      if (!this.#woken) await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    } catch (error) {
      if (!woken.signal.aborted || signal.aborted) throw error;
    } finally {
      this.#cut = undefined;
      this.#woken = false;
    }
  }
}
