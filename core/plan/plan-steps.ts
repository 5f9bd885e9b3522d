/** Collects the steps of a plan and what each needs. */
import { isUp, type ObservedContainer } from './observed.ts';
import type { EngineStep } from './step.ts';

type WithoutNeeds<S> = S extends EngineStep ? Omit<S, 'needs'> : never;
/** A step before it has its place in the plan. */
type StepDraft = WithoutNeeds<EngineStep>;

/** Index of a step that comes before; undefined: there is none to wait for. */
export type Need = number | undefined;

export class PlanSteps {
  readonly steps: EngineStep[] = [];
  /** Container → the step that stops it. Of all projects: a port may come from another one. */
  readonly stops = new Map<string, number>();
  /** Containers that are stopped so that their data is kept. */
  readonly keeping = new Set<string>();
  /** Container → the step that gives its name free. Of all projects. */
  readonly renames = new Map<string, number>();
  /** Container or network that nothing wants → the step that removes it. Of all projects. */
  readonly gone = new Map<string, number>();

  /** @returns its index */
  add(draft: StepDraft, needs: Iterable<Need> = []): number {
    const sorted = [...new Set(needs)].filter(index => index !== undefined).sort((a, b) => a - b);
    // No narrowing: the compiler does not see that a draft with its needs is the step that it was made of.
    this.steps.push({ ...draft, needs: sorted } as EngineStep);
    return this.steps.length - 1;
  }

  /** Stops a container once. @returns the step, or undefined where it does not run */
  stop(container: ObservedContainer, reason: string, needs: Iterable<Need>): Need {
    const known = this.stops.get(container.id);
    if (known !== undefined) return known;
    if (!isUp(container)) return undefined;
    const { project, service, id, name } = container;
    const step = this.add({ kind: 'stop-container', project, service, container: id, name, reason }, needs);
    this.stops.set(id, step);
    return step;
  }
}
