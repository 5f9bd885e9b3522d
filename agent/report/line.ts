/** The way to the gateway, as the last push has found it: how much of what waits the next one takes along. */
import { isTowlineError } from '../../core/errors.ts';
import type { Portion } from '../telemetry/spool/portion.ts';

/** Of one commit, segments: a gateway takes 2,000 objects, and each may bring two folders with it. */
const mostPieces = 300;
const mostBytes = 1024 * 1024;
/** While nobody knows how the line is: the status is not kept waiting behind it. */
const firstBytes = 64 * 1024;

/** Nothing but the status. */
export const none: Portion = Object.freeze({ maxBytes: 0, maxPieces: 0, first: 'oldest' });

export class Line {
  #state: 'unknown' | 'up' | 'down' = 'unknown';
  #pieces = mostPieces;

  get isDown(): boolean {
    return this.#state === 'down';
  }

  /** @param room what the day has left, bytes */
  portion(first: Portion['first'], room: number): Portion {
    if (this.isDown || room <= 0) return none;
    const maxBytes = Math.min(room, this.#state === 'unknown' ? firstBytes : mostBytes);
    return { maxBytes, maxPieces: this.#pieces, first };
  }

  /** @param pieces that were taken along: a status by itself says nothing of how many are taken */
  heard(pieces: number): void {
    this.#state = 'up';
    if (pieces > 0) this.#pieces = Math.min(mostPieces, 2 * this.#pieces);
  }

  /** @returns whether it is the one piece that was taken along that the gateway will not have, now or ever */
  failed(error: unknown, pieces: number): boolean {
    this.#state = 'down';
    if (pieces === 0 || !isOfContent(error)) return false;
    this.#pieces = Math.max(1, Math.floor(pieces / 2));
    return pieces === 1;
  }
}

/** The answer was about what was sent, not about when or by whom: too much of it, or a part that is not taken. */
function isOfContent(error: unknown): boolean {
  return isTowlineError(error) && error.details.ofContent === true;
}
