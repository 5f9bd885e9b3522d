/** A device that leaves the fleet and keeps its containers: all of ours are stopped, and nothing is removed. */
import type { DesiredState } from '../desired/state.ts';
import type { ProjectMemory } from './memory.ts';
import type { ObservedState } from './observed.ts';
import { PlanSteps } from './plan-steps.ts';
import type { EngineStep } from './step.ts';
import { removalHeld, type Skipped } from './target.ts';

export function planStop(
  desired: DesiredState,
  observed: ObservedState,
  memory: ProjectMemory,
): { readonly steps: readonly EngineStep[]; readonly skipped: readonly Skipped[] } {
  const steps = new PlanSteps();
  const skipped: Skipped[] = [];
  for (const project of [...new Set(observed.containers.map(container => container.project))].sort()) {
    const held = removalHeld(desired, memory, project);
    if (held !== undefined) {
      skipped.push(held);
      continue;
    }
    for (const container of observed.containers.filter(one => one.project === project))
      steps.stop(container, 'the device is retired', []);
  }
  return { steps: steps.steps, skipped };
}
