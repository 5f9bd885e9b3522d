/** What is to be signed to log in: each is good once, and not for long. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/io/clock.ts';

export const challengeMs = 120_000;
/** Logins are limited by the minute to fewer than these in their two minutes. */
const mostAtOnce = 10_000;

interface Waiting<Fact> {
  readonly untilMs: number;
  readonly fact: Fact;
}

export class Challenges<Fact> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** In the order in which they were made. */
  readonly #waiting = new Map<string, Waiting<Fact>>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @returns 256 random bits, base64url */
  make(fact: Fact): string {
    this.#forget();
    const nonce = randomBytes(32).toString('base64url');
    this.#waiting.set(nonce, { fact, untilMs: this.#clock.monotonic() + challengeMs });
    return nonce;
  }

  /** Only now, and never again. @returns what it was made with; undefined: it is none, used, or too old */
  use(nonce: string): Fact | undefined {
    this.#forget();
    const waiting = this.#waiting.get(nonce);
    this.#waiting.delete(nonce);
    return waiting?.fact;
  }

  /** What it was made with; it stays as good as it was. */
  peek(nonce: string): Fact | undefined {
    this.#forget();
    return this.#waiting.get(nonce)?.fact;
  }

  #forget(): void {
    const now = this.#clock.monotonic();
    for (const [nonce, { untilMs }] of this.#waiting) {
      if (untilMs > now && this.#waiting.size < mostAtOnce) break;
      this.#waiting.delete(nonce);
    }
  }
}
