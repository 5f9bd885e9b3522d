/**
 * Links for guests: 128 random bits each, of which only a hash is kept, in memory, until they expire. Wrong ones are not counted here,
 * where all of them come from the gateway: to look one up costs nothing, and whoever sends wrong ones must not shut out a right one.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface GuestLink {
  readonly session: string;
  readonly untilMs: number;
}

const tokenBytes = 16;
const maxLinks = 64;

interface Kept extends GuestLink {
  readonly hash: Buffer;
}

export class GuestLinks {
  readonly #nowMs: () => number;
  #kept: Kept[] = [];

  /** @param nowMs by a monotonic clock: a wall clock that is put back makes no link live for longer */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns what the guest has to know; undefined: there are as many as may be */
  make(link: GuestLink): string | undefined {
    this.#sweep();
    if (this.#kept.length >= maxLinks) return undefined;
    const token = randomBytes(tokenBytes).toString('base64url');
    this.#kept.push({ ...link, hash: hashOf(token) });
    return token;
  }

  /** Undefined: there is no such link, or it has expired. */
  find(token: string): GuestLink | undefined {
    this.#sweep();
    const hash = hashOf(token);
    // All are compared, each in constant time: how long it takes tells nothing of any.
    let found: GuestLink | undefined;
    for (const kept of this.#kept) if (timingSafeEqual(kept.hash, hash)) found = kept;
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
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
