import type { Clock } from '../../../core/io/clock.ts';

/** Sleeps until something has happened, or a while has gone by. */
export class Wakening {
  #isAwake = false;
  #wake: () => void = () => undefined;

  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** From here on what happens counts: the next sleep is none, where something did. */
  begin(): void {
    this.#isAwake = false;
  }

  /** Resolves when it is over, also by the signal. */
  async asleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#isAwake || signal.aborted) return;
    const over = new AbortController();
    const woken = new Promise<void>(resolve => {
      this.#wake = resolve;
    });
    const slept = clock.sleep(ms, AbortSignal.any([signal, over.signal])).catch(() => undefined);
    await Promise.race([woken, slept]);
    over.abort();
    await slept;
  }
}
