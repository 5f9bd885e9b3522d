/** Disposable volumes that are made anew: the engine removes none that a container has, running or not. */
import type { PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';

export function prepareVolumes({ analysis, ready, volumes }: Draft, steps: PlanSteps): void {
  const project = analysis.project.name;
  for (const { key, name, users, reason } of analysis.remadeVolumes) {
    const freed = users.map(container => {
      const { id, service } = container;
      const known = steps.gone.get(id);
      if (known !== undefined) return known;
      const stop = steps.stop(container, reason, ready);
      const gone = { container: id, name: container.name, withVolumes: false };
      const step = steps.add({ kind: 'remove-container', project, service, ...gone, reason }, [
        ...ready,
        stop,
      ]);
      steps.gone.set(id, step);
      steps.renames.set(id, step);
      return step;
    });
    const removed = steps.add({ kind: 'remove-volume', project, volume: key, name, reason }, [
      ...ready,
      ...freed,
    ]);
    volumes.set(key, steps.add({ kind: 'create-volume', project, volume: key, name, reason }, [removed]));
  }
}
