/** What a walk along another line has found so far, and what of it is kept from walk to walk. */
import type { ObjectId } from './git/object-source.ts';
import type { TrustedState } from './line/trusted-state.ts';
import type { Joint } from './merge/joint.ts';

/** How far the walk along another line came, and what was found on it. */
export interface Progress {
  readonly state: TrustedState;
  /** The last commit with the own history. */
  readonly twin?: TrustedState;
  /** The first one from there on whose line time is not behind the own. */
  readonly caughtUp?: TrustedState;
  /** The last commit that had the own tree. */
  readonly sameTree?: ObjectId;
  readonly joints: readonly Joint[];
}

/** What was tried in vain, and how far: kept by the caller from walk to walk, so that a bad head is walked to once. */
export interface SidewaysMemory {
  /** The state that looked for a way. */
  own?: TrustedState;
  head?: ObjectId | undefined;
  marks: readonly Progress[];
}
