/** Who may change what, as a policy says it. */
import type { Glob } from './glob.ts';

export interface Role {
  readonly name: string;
  readonly principals: ReadonlySet<string>;
  /** Principals, not keys. */
  readonly threshold: number;
}

/** advance: one stage more; pause: no further one. */
export type RolloutStep = 'advance' | 'pause';

export interface Rule {
  /** Place in the file, from 1. */
  readonly number: number;
  readonly paths: readonly string[];
  readonly globs: readonly Glob[];
  /** JSON pointers as lists of tokens. */
  readonly only?: readonly (readonly string[])[];
  /** It covers a rollout's file, where all that changes is such a step. */
  readonly change?: RolloutStep;
  /** Passkeys of its roles count, too. */
  readonly passkeys?: true;
  readonly roles: readonly string[];
}
