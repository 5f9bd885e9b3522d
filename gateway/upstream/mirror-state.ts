/** What a person wants to know of the mirror, for health and metrics. */
import type { ErrorCode } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface MirrorTrouble {
  readonly code: ErrorCode;
  readonly message: string;
  /** The forge's commit that was not taken. */
  readonly commit?: ObjectId;
}

export interface MirrorState {
  /** What the forge's branch pointed to when it last answered. */
  readonly seen: ObjectId | undefined;
  /** Why main does not follow the forge now. */
  readonly trouble: MirrorTrouble | undefined;
  /** Why fleet-status does not reach the forge now. */
  readonly pushTrouble: MirrorTrouble | undefined;
  /** Wall clock, milliseconds since the epoch: when the forge last answered and all was well. */
  readonly succeededAt: number | undefined;
  readonly looks: number;
  readonly failures: number;
  /** Rewinds, rewritten histories and garbage that were not taken. */
  readonly refusals: number;
  /** Times that main was moved. */
  readonly moves: number;
}

export const noMirrorState: MirrorState = {
  seen: undefined,
  trouble: undefined,
  pushTrouble: undefined,
  succeededAt: undefined,
  looks: 0,
  failures: 0,
  refusals: 0,
  moves: 0,
};
