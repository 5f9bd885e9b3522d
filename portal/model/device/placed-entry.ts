import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { TimelineEntry } from '../../api/types.generated.ts';

/** An entry, and where its line goes on below it. */
export interface PlacedEntry {
  readonly entry: TimelineEntry;
  readonly at: ObjectId;
}

export interface Stretch {
  /** The newest first. */
  readonly entries: readonly PlacedEntry[];
  /** Where to go on after all of them; undefined: the line is at its end. */
  readonly next: ObjectId | undefined;
  /** The repository does not hold what is older. */
  readonly isCut: boolean;
}

/** At a desk a clone holds the newest of a branch; where somebody looks, more of it comes. */
export const cutWords = 'what is older is not in this repository';
