/** The rooms of the pass, wired: what `reconcile` asks for, made of the folders beside it. */

import type { DesiredState } from '../../core/desired/state.ts';
import type { Problem } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { ProjectMemory } from '../../core/plan/memory.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { ApplyOutcome } from '../apply/outcome.ts';
import type { Candidate } from '../source/source.ts';
import type { Verdict } from '../verify/verify.ts';
import type { PassFacts } from './pass-facts.ts';

export interface Rooms {
  fetch(log: Log, signal: AbortSignal): Promise<Candidate>;
  /** What is in the store, for a pass that cannot fetch. */
  known(log: Log): Promise<Candidate | undefined>;
  /** @returns whether a fresh store may be fetched now */
  markDamaged(reason: string): boolean;
  verify(head: ObjectId, log: Log, signal: AbortSignal): Promise<Verdict>;
  desired(commit: ObjectId): Promise<{ desired?: DesiredState; problems: readonly Problem[] }>;
  /** Why nothing may be moved, or undefined. */
  stale(
    desired: DesiredState | undefined,
    verdict: Verdict | undefined,
    candidate: Candidate | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState>;
  memory(desired: DesiredState): Promise<ProjectMemory>;
  apply(
    plan: Plan,
    desired: DesiredState,
    observed: ObservedState,
    log: Log,
    signal: AbortSignal,
    /** What the pass has found out so far: for a status while it goes on. */
    facts: PassFacts,
  ): Promise<ApplyOutcome>;
  /** @returns whether a commit was pushed */
  report(facts: PassFacts, due: boolean, signal: AbortSignal): Promise<boolean>;
}
