/** A thing that happens again and again is told a few times, then summed up: a restart loop is one story, not thousands. */

/** So often in a window it is told as it happens. */
const toldInWindow = 5;
const windowMs = 10 * 60_000;
/** Keys that are remembered; beyond them nothing new is calmed, and nothing is told. */
const maxKeys = 1024;

interface Count {
  readonly sinceMs: number;
  told: number;
  more: number;
}

export class Calm<Item> {
  readonly #counts = new Map<string, Count & { last: Item }>();

  /** @returns whether it is told now */
  admits(key: string, item: Item, nowMs: number): boolean {
    const known = this.#counts.get(key);
    if (known === undefined) {
      if (this.#counts.size >= maxKeys) return false;
      this.#counts.set(key, { sinceMs: nowMs, told: 1, more: 0, last: item });
      return true;
    }
    known.last = item;
    if (known.told < toldInWindow) {
      known.told += 1;
      return true;
    }
    known.more += 1;
    return false;
  }

  /** What was kept back in windows that are over: the last of each, and how many. @param nowMs by a clock that only goes on */
  over(nowMs: number): { readonly last: Item; readonly more: number }[] {
    const found: { last: Item; more: number }[] = [];
    for (const [key, { sinceMs, more, last }] of this.#counts) {
      if (nowMs - sinceMs < windowMs) continue;
      this.#counts.delete(key);
      if (more > 0) found.push({ last, more });
    }
    return found;
  }
}
