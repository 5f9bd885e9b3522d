import type { ErrorCode } from '../../errors.ts';
import type { ChangedPath } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { HolderIndex } from '../holders/holder-index.ts';
import type { LineTime } from '../line/line-time.ts';
import type { TrustedState } from '../line/trusted-state.ts';
import type { PolicyCache } from '../policy/policy-load.ts';
import type { Requirement } from '../policy/requirement.ts';
import type { Evidence, UnsoundSignature } from '../signature/evidence.ts';
import type { Approval } from './approval.ts';

/** Why a step is not taken. */
export interface WalkStop {
  readonly code: ErrorCode;
  readonly commit: ObjectId;
  readonly path?: string;
  readonly message: string;
  /** Principals who vouched. */
  readonly vouched: string[];
  /** Who is missing, for people. */
  readonly missing: string[];
}

export interface StepQuestion {
  readonly reader: ObjectReader;
  readonly policies: PolicyCache;
  readonly trusted: TrustedState;
  /** Where an approval's base must stand. */
  readonly line: { has(id: ObjectId): Promise<boolean> };
  /** Kept by the caller if it likes: it is dear to make anew. */
  readonly holders?: HolderIndex | undefined;
  readonly end: ObjectId;
  /** Whether the step is one commit: then its signature vouches, else only approvals do. */
  readonly single: boolean;
  /**
   * The step leads to another line: approvals there state the changes of that line, so they are left out of the change,
   * and none vouches.
   */
  readonly signatureOnly?: true;
  /** The checker's clock, seconds since the epoch, if times far in the future are to be refused. */
  readonly nowSec?: number;
}

/** What was found wrong, and where. */
export interface StepProblem extends UnsoundSignature {
  readonly path?: string;
  readonly missing?: string[];
}

/** How a step was judged; `towline trust explain` shows all of it. */
export interface StepReport {
  readonly change: readonly ChangedPath[];
  readonly requirements: readonly Requirement[];
  readonly signature: Evidence;
  readonly approvals: readonly Approval[];
  readonly vouchers: ReadonlySet<string>;
  /** Line time after the step; absent: refused. */
  readonly lineTime?: LineTime;
  /**
   * It stops for a walk that is not known, and nothing else: whoever knows that takes it, so that nothing behind it may be
   * taken instead.
   */
  readonly isUnknownWalk?: true;
  readonly stop?: WalkStop;
}
