/** What was made last, as long as all of it weighs no more than so much; who asks while it is being made waits for the same. */
export class WeightedCache<Value> {
  readonly #most: number;
  readonly #kept = new Map<string, { readonly value: Promise<Value>; weight: number }>();
  #weight = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What cannot be made is not kept. */
  get(key: string, make: () => Promise<{ readonly value: Value; readonly weight: number }>): Promise<Value> {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.value;
    }
    const made = make();
    const entry = { value: made.then(({ value }) => value), weight: 0 };
    this.#kept.set(key, entry);
    made.then(
      ({ weight }) => {
        if (this.#kept.get(key) === entry) this.#weigh(entry, weight);
      },
      () => {
        // One that took its place meanwhile stays, with its weight.
        if (this.#kept.get(key) === entry) this.#kept.delete(key);
      },
    );
    return entry.value;
  }

  #weigh(entry: { weight: number }, weight: number): void {
    entry.weight = weight;
    this.#weight += weight;
    for (const [key, oldest] of this.#kept) {
      if (this.#weight <= this.#most) break;
      this.#kept.delete(key);
      this.#weight -= oldest.weight;
    }
  }
}
