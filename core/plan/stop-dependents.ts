/** Who starts again because another service does stops before it. */
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';
import { dependencies, sharedWith } from './service-order.ts';

export interface Planned {
  readonly draft: Draft;
  readonly steps: PlanSteps;
}

/**
 * Who starts again because this service does is stopped before, its own dependents first. That they are owed a start
 * is remembered when they stop: a pass that is cut off in between loses none of them.
 */
export function stopDependents(
  planned: Planned,
  service: string,
  needs: readonly Need[],
  above: readonly string[] = [],
): Need[] {
  const { project, instances } = planned.draft.analysis;
  const waiting = (name: string) =>
    sharedWith(project.model.services[name] ?? {}).includes(service) ||
    dependencies(project.model, name).some(other => other.restart && other.service === service);
  return instances
    .filter(({ action, service: name }) => action === 'restart' && !above.includes(name) && waiting(name))
    .flatMap(({ container, service: name, reason }) => {
      if (container === undefined) return [];
      const before = [...needs, ...stopDependents(planned, name, needs, [...above, service])];
      return [planned.steps.stop(container, reason, before)];
    });
}
