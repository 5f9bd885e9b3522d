/** Links for guests: 128 random bits each, of which only a hash is kept, in memory, until they expire. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface GuestLink {
  readonly session: string;
  readonly untilMs: number;
}

const tokenBytes = 16;
const maxLinks = 64;
/** Wrong ones, of all guests together; saved up to as many. */
const triesPerMinute = 30;

interface Kept extends GuestLink {
  readonly hash: Buffer;
}

export class GuestLinks {
  readonly #nowMs: () => number;
  #kept: Kept[] = [];
  #tries = triesPerMinute;
  #filledMs: number;

  /** @param nowMs by the wall clock */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#filledMs = nowMs();
  }

  /** @returns what the guest has to know; undefined: there are as many as may be */
  make(link: GuestLink): string | undefined {
    this.#sweep();
    if (this.#kept.length >= maxLinks) return undefined;
    const token = randomBytes(tokenBytes).toString('base64url');
    this.#kept.push({ ...link, hash: hashOf(token) });
    return token;
  }

  /** Undefined: there is no such link, it has expired, or too many wrong ones were tried. */
  find(token: string): GuestLink | undefined {
    this.#sweep();
    if (!this.#mayTry()) return undefined;
    const hash = hashOf(token);
    // All are compared, each in constant time: how long it takes tells nothing of any.
    let found: GuestLink | undefined;
    for (const kept of this.#kept) if (timingSafeEqual(kept.hash, hash)) found = kept;
    if (found === undefined) this.#tries -= 1;
    return found;
  }

  /** The session is over, or its links are withdrawn. */
  forget(session: string): void {
    this.#kept = this.#kept.filter(kept => kept.session !== session);
  }

  #sweep(): void {
    const nowMs = this.#nowMs();
    this.#kept = this.#kept.filter(({ untilMs }) => nowMs < untilMs);
  }

  #mayTry(): boolean {
    const nowMs = this.#nowMs();
    const gained = (Math.max(0, nowMs - this.#filledMs) / 60_000) * triesPerMinute;
    this.#tries = Math.min(triesPerMinute, this.#tries + gained);
    this.#filledMs = nowMs;
    return this.#tries >= 1;
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
