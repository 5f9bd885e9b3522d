/** Random numbers of a seed: the same seed gives the same soak. A linear congruential generator of 64 bits (Knuth's MMIX), its upper half. */
const multiplier = 6364136223846793005n;
const increment = 1442695040888963407n;
const mask = (1n << 64n) - 1n;

export class Seeded {
  #state: bigint;

  constructor(seed: number) {
    this.#state = (BigInt(Math.trunc(seed)) * 2654435761n + 1n) & mask;
    for (let turn = 0; turn < 8; turn++) this.next();
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state * multiplier + increment) & mask;
    return Number(this.#state >> 32n) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** @throws RangeError where there is nothing to choose from */
  oneOf<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new RangeError('nothing to choose from');
    return value;
  }

  /** Until the next of what happens this often on average; milliseconds. */
  wait(meanMs: number): number {
    return -Math.log(1 - this.next()) * meanMs;
  }
}
