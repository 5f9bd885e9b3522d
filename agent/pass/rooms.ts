/** The rooms of one pass, closed over its log and its signal: what `reconcile` goes through. */

import type { DesiredState, DesiredWayIn } from '../../core/desired/state.ts';
import type { Download } from '../../core/plan/downloads.ts';
import type { ProjectMemory } from '../../core/plan/memory.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { ApplyOutcome } from '../apply/outcome.ts';
import type { Candidate } from '../source/source.ts';
import type { Verdict } from '../verify/verify.ts';
import type { ReadDesired } from './desired-reader.ts';
import type { PassFacts } from './pass-facts.ts';

/** A plan with what it was made of. */
export interface Planned {
  readonly plan: Plan;
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  /** What comes ahead, beside the plan. */
  readonly downloads: readonly Download[];
}

export interface Rooms {
  fetch(): Promise<Candidate>;
  /** What is in the store, for a pass that cannot fetch. */
  known(): Promise<Candidate | undefined>;
  /** @returns whether a fresh store may be fetched now */
  markDamaged(reason: string): boolean;
  verify(head: ObjectId): Promise<Verdict>;
  desired(commit: ObjectId): Promise<ReadDesired>;
  /** Why nothing may be moved, or undefined. */
  stale(facts: PassFacts, candidate: Candidate): Promise<string | undefined>;
  /** One at a time, of all passes: asking the gateway, walking, reading. */
  alone<Found>(work: () => Promise<Found>): Promise<Found>;
  /** Brings the tunnel to what is wanted. @returns how many steps that took */
  tunnel(wayIn: DesiredWayIn): Promise<number>;
  /** As `tunnel`, where one is open: of a commit with problems, which opens nothing and shuts out. */
  narrow(wayIn: DesiredWayIn): Promise<number>;
  /** Says how the pass stands, unless the apps are done soon. Never throws. */
  saidMeanwhile(facts: PassFacts, appsOver: AbortSignal): Promise<void>;
  /** Whether what runs the apps answers, for a pass that has nothing to do there. Never throws. */
  ask(): Promise<void>;
  observe(desired: DesiredState): Promise<ObservedState>;
  memory(): Promise<ProjectMemory>;
  /** @param facts what the pass has found out so far: for a status while it goes on */
  apply(planned: Planned, facts: PassFacts): Promise<ApplyOutcome>;
  /** @returns whether a commit was pushed */
  report(facts: PassFacts, due: boolean): Promise<boolean>;
}
