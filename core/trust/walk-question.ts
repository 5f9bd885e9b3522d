/** What a walk is asked, and what it answers. */
import type { ObjectReader } from './git/object-reader.ts';
import type { ObjectId } from './git/object-source.ts';
import type { HolderIndex } from './holders/holder-index.ts';
import type { TrustedState } from './line/trusted-state.ts';
import type { PolicyCache } from './policy/policy-load.ts';
import type { SidewaysMemory } from './sideways-memory.ts';
import type { WalkStop } from './step/step-types.ts';

/** A step that was taken: one commit, or several that are one change. */
export interface AcceptedStep {
  readonly commit: ObjectId;
  /** Commits of the step, count. */
  readonly commits: number;
  /** Principals who vouched. */
  readonly vouched: readonly string[];
  /** What is trusted after it. */
  readonly after: TrustedState;
}

export interface WalkQuestion {
  readonly reader: ObjectReader;
  readonly trusted: TrustedState;
  readonly head: ObjectId;
  readonly signal: AbortSignal;
  /** Parsed policies, kept by the caller from walk to walk if it likes. */
  readonly policies?: PolicyCache;
  /** Who has which id and key, kept by the caller from walk to walk if it likes: it is dear to make anew. */
  readonly holders?: HolderIndex;
  /**
   * Seconds since the epoch. With it, a step whose signed time lies more than ten minutes ahead is refused. For those who
   * check before devices do (pull requests, the gateway); devices leave it out, their clocks decide nothing.
   */
  readonly nowSec?: number;
  /** What was tried in vain when the trusted commit was not on main's line, kept from walk to walk. */
  readonly sideways?: SidewaysMemory;
}

export interface WalkResult {
  /** The newest commit that may be trusted. */
  readonly trusted: TrustedState;
  readonly accepted: readonly AcceptedStep[];
  /** Why the walk ended before the head. */
  readonly stopped?: WalkStop;
  /** It went on from this commit, which is not on the line of what was trusted before (sideways.ts). */
  readonly aside?: ObjectId;
  /** With `aside`: the line holds the very history that was trusted before, under other ids. */
  readonly isTwin?: boolean;
  /** The batch is full and the head not reached: walk again from `trusted`, with a new reader. */
  readonly more?: true;
}
