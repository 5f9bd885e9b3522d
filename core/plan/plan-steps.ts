/** Collects the steps of a plan and what each needs. */
import type { HostPort } from './observed.ts';
import type { Step } from './step.ts';

type WithoutNeeds<S> = S extends Step ? Omit<S, 'needs'> : never;
/** A step before it has its place in the plan. */
export type StepDraft = WithoutNeeds<Step>;

export class PlanSteps {
  readonly steps: Step[] = [];

  /** @returns its index; -1 among `needs` means "nothing" and is dropped. */
  add(draft: StepDraft, needs: Iterable<number> = []): number {
    const sorted = [...new Set(needs)].filter(index => index >= 0).sort((a, b) => a - b);
    this.steps.push({ ...draft, needs: sorted } as Step);
    return this.steps.length - 1;
  }

  /** A need that is found only after both steps stand. @throws RangeError where it would point forward */
  addNeed(step: number, need: number): void {
    const found = this.steps[step];
    if (found === undefined || need >= step) throw new RangeError(`step ${step} cannot need step ${need}`);
    if (found.needs.includes(need)) return;
    const needs = [...found.needs, need].sort((a, b) => a - b);
    this.steps[step] = { ...found, needs };
  }
}

/** A port or address of which only one container can have the use at a time. */
export interface PortClaim {
  readonly container: string;
  readonly ports: readonly HostPort[];
}
