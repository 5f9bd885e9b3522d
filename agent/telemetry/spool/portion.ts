/** How much waits, and what of it goes with one commit. */
import type { Piece } from '../collector.ts';
import type { Lost } from './losses.ts';

export interface Waiting {
  readonly pieces: number;
  /** As they would be pushed, about. */
  readonly bytes: number;
}

/** What of it one commit may take. */
export interface Portion {
  readonly maxBytes: number;
  readonly maxPieces: number;
  /** Where not all of it fits: the backlog in its order, or what somebody waits for now. */
  readonly first: 'oldest' | 'newest';
}

export interface Taken {
  readonly pieces: readonly Piece[];
  readonly lost: Lost;
}
