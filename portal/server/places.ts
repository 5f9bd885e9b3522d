/** How many of something there may be at once: of one who asks, and in all. */
export interface PlaceLimits {
  readonly ofOne: number;
  readonly inAll: number;
}

export class Places {
  readonly #limits: PlaceLimits;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all;
  }

  /** @returns what gives the place back, once; undefined: there is none */
  take(who: string): (() => void) | undefined {
    const own = this.#taken.get(who) ?? 0;
    if (own >= this.#limits.ofOne || this.#all >= this.#limits.inAll) return undefined;
    this.#taken.set(who, own + 1);
    this.#all += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#all -= 1;
      const left = (this.#taken.get(who) ?? 1) - 1;
      if (left === 0) this.#taken.delete(who);
      else this.#taken.set(who, left);
    };
  }
}
