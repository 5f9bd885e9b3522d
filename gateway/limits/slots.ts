import { TowlineError } from '../../core/errors.ts';

export interface SlotLimits {
  /** At once. */
  readonly size: number;
  /** That wait in turn; beyond it they are refused at once. */
  readonly maxWaiting: number;
  /** The same for one who asks; as for all unless it is given. */
  readonly ofOne?: { readonly size: number; readonly maxWaiting: number };
}

interface Waiter {
  readonly who: string;
  /** Milliseconds, by the monotonic clock. */
  readonly since: number;
  readonly go: () => void;
}

/** Places that are shared: who has fewest of them is next, and nobody has more than a share, in the queue neither. */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #held = new Map<string, number>();
  readonly #queue: Waiter[] = [];
  #free: number;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
    this.#free = limits.size;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Somebody waits who has not all that one may have: it is the others who are in the way. */
  get crowded(): boolean {
    return this.#queue.some(({ who }) => this.#mayHaveMore(who));
  }

  /** How long the first of them has waited whom others are in the way of, milliseconds. */
  get waitedMs(): number {
    const first = this.#queue.find(({ who }) => this.#mayHaveMore(who));
    return first === undefined ? 0 : performance.now() - first.since;
  }

  /** @throws TowlineError GATEWAY_BUSY when too many wait; the signal's reason on abort. */
  async take(signal: AbortSignal, who = ''): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free > 0 && this.#mayHaveMore(who)) this.#give(who);
    else await this.#wait(signal, who);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#giveBack(who);
        held = false;
      },
    };
  }

  #wait(signal: AbortSignal, who: string): Promise<void> {
    const { maxWaiting, ofOne } = this.#limits;
    const ofThis = this.#queue.filter(waiter => waiter.who === who).length;
    if (this.#queue.length >= maxWaiting || ofThis >= (ofOne?.maxWaiting ?? maxWaiting)) {
      throw new TowlineError('GATEWAY_BUSY', 'too much is under way');
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const waiter: Waiter = { who, since: performance.now(), go };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        reject(signal.reason);
      };
      this.#queue.push(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #mayHaveMore(who: string): boolean {
    return this.#count(who) < (this.#limits.ofOne?.size ?? this.#limits.size);
  }

  #count(who: string): number {
    return this.#held.get(who) ?? 0;
  }

  #give(who: string): void {
    this.#free -= 1;
    this.#held.set(who, this.#count(who) + 1);
  }

  #giveBack(who: string): void {
    this.#free += 1;
    const left = this.#count(who) - 1;
    if (left > 0) this.#held.set(who, left);
    else this.#held.delete(who);
    const next = this.#next();
    if (next === undefined) return;
    this.#queue.splice(this.#queue.indexOf(next), 1);
    this.#give(next.who);
    next.go();
  }

  /** Of those who hold fewest, who came first. */
  #next(): Waiter | undefined {
    let best: Waiter | undefined;
    for (const waiter of this.#queue) {
      if (!this.#mayHaveMore(waiter.who)) continue;
      if (best === undefined || this.#count(waiter.who) < this.#count(best.who)) best = waiter;
    }
    return best;
  }
}
