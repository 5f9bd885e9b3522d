/** Whether a state of a project has run on this device: only then it may have written to its data. */
import type { DesiredProject } from '../desired/state.ts';
import type { ObservedState } from './observed.ts';
import { serviceDefinition } from './service-definition.ts';
import type { EngineStep } from './step.ts';

/** @param begun steps towards it, of this pass */
export function hasRun(
  project: DesiredProject,
  before: DesiredProject,
  { observed, begun }: { readonly observed: ObservedState; readonly begun: readonly EngineStep[] },
): boolean {
  if (begun.some(step => step.kind === 'start-container' && step.container === undefined)) return true;
  const hashOf = (state: DesiredProject, service: string) =>
    state.model.services[service] === undefined ? undefined : serviceDefinition(state, service).hash;
  return observed.containers.some(({ project: owner, service, hash, state, inspection }) => {
    if (owner !== project.name || hash !== hashOf(project, service)) return false;
    if (hash === hashOf(before, service)) return false;
    return state !== 'created' || (inspection?.startedAtMs ?? 0) > 0;
  });
}
