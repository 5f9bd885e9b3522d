/**
 * Texts of statuses that outlive them: a piece of a text holds on to all of it, and ten thousand statuses are not to be kept for
 * some words of each. Most of them are alike: each is held once.
 */

/** Texts that are held at once; beyond, all are held anew. */
const maxHeld = 50_000;

export class OwnTexts {
  readonly #held = new Map<string, string>();

  of(text: string): string {
    const held = this.#held.get(text);
    if (held !== undefined) return held;
    if (this.#held.size >= maxHeld) this.#held.clear();
    const own = Buffer.from(text).toString();
    this.#held.set(own, own);
    return own;
  }

  maybe(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.of(text);
  }
}
