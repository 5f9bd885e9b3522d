import { createHash } from 'node:crypto';

/** Tokens that have made a certificate, until they are too old to make another. */
export class UsedTokens {
  readonly #until = new Map<string, number>();
  readonly #keepMs: number;
  readonly #most: number;

  constructor(keepMs: number, most: number) {
    this.#keepMs = keepMs;
    this.#most = most;
  }

  /** @returns false where it was used before, or so many have been that it cannot be told */
  use(token: string, nowMs: number): boolean {
    for (const [used, untilMs] of this.#until) {
      // In the order in which they came.
      if (untilMs > nowMs) break;
      this.#until.delete(used);
    }
    const name = createHash('sha256').update(token).digest('base64');
    if (this.#until.has(name) || this.#until.size >= this.#most) return false;
    this.#until.set(name, nowMs + this.#keepMs);
    return true;
  }
}
