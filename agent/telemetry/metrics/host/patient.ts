/** One thing at a time that may hang, such as a dying disk: it is given up, and left alone until it has come back. */
import { setTimeout as after } from 'node:timers/promises';

export class Patient {
  readonly #limitMs: number;
  #busy = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** @param work never rejects. @returns whether it ended in time; at once false while an earlier one hangs */
  async ask(work: () => Promise<void>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    const ended = new AbortController();
    const done = work().then(() => {
      this.#busy = false;
      ended.abort();
      return true;
    });
    const late = after(this.#limitMs, false, { signal: ended.signal, ref: false }).catch(() => true);
    return await Promise.race([done, late]);
  }
}
