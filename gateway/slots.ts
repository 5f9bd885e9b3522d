import { TowlineError } from '../core/errors.ts';

/** So many at once; the others wait in turn, up to a number; beyond it they are refused at once. */
export class Slots {
  #free: number;
  readonly #maxWaiting: number;
  readonly #queue: (() => void)[] = [];

  constructor(size: number, maxWaiting: number) {
    this.#free = size;
    this.#maxWaiting = maxWaiting;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** @throws TowlineError GATEWAY_BUSY when too many wait; the signal's reason on abort. */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      if (this.#queue.length >= this.#maxWaiting) {
        throw new TowlineError('GATEWAY_BUSY', 'too much is under way');
      }
      await this.#wait(signal);
    }
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#giveBack();
        held = false;
      },
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(go), 1);
        reject(signal.reason);
      };
      this.#queue.push(go);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #giveBack(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
