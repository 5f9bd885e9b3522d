/** The first part of a plan: all that is needed before anything is stopped, and what must be free first. */

import type { Instance } from './instance.ts';
import type { ObservedContainer, ObservedState } from './observed.ts';
import type { PlanSteps } from './plan-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { secretEnvironment } from './secret-environment.ts';
import { serviceImages } from './service-images.ts';
import { freeAside } from './temporary-name.ts';

/** One project of a plan, and what its steps so far give to those that follow. */
export interface Draft {
  readonly analysis: ProjectAnalysis;
  /** It is the state that was healthy here last: who is otherwise has failed, or was changed by somebody. */
  readonly isLastGood: boolean;
  /** No state of it was good here yet. `owed`: ids of containers whose start is. */
  readonly firstTake?: { readonly owed: readonly string[] };
  /** Steps after which something may be stopped. */
  readonly ready: readonly number[];
  /** Key of a network → the step that makes it. */
  readonly networks: Map<string, number>;
  /** Key of a volume that is made anew → the step that makes it. */
  readonly volumes: Map<string, number>;
  /** Container → steps after which it may be attached or started again. */
  readonly detached: Map<string, number>;
}

export function isReplaced({ action, container }: Instance): boolean {
  return action === 'recreate' && container !== undefined;
}

function needsImage({ action }: Instance): boolean {
  return action === 'create' || action === 'recreate';
}

/**
 * Images, files and volumes.
 * @param beforeVolumes steps after which a volume may be made
 */
export function prepareContent(
  analysis: ProjectAnalysis,
  observed: ObservedState,
  steps: PlanSteps,
  beforeVolumes: readonly number[] = [],
): number[] {
  const { project, instances } = analysis;
  const ready: number[] = [];
  const pulled = new Set<string>();
  for (const instance of instances) {
    if (!needsImage(instance)) continue;
    for (const image of serviceImages(project.model.services[instance.service] ?? {})) {
      if (pulled.has(image) || observed.images.has(image)) continue;
      pulled.add(image);
      const reason = `image ${image} is not on the device`;
      ready.push(
        steps.add({ kind: 'pull-image', project: project.name, service: instance.service, image, reason }),
      );
    }
  }
  if (analysis.missingTrees.length > 0) {
    const count = analysis.missingTrees.length;
    const reason = `${count} mounted ${count === 1 ? 'file or folder is' : 'files or folders are'} not on the disk`;
    ready.push(steps.add({ kind: 'write-files', project: project.name, digest: project.digest, reason }));
  } else if (
    instances.some(each => needsImage(each) && secretEnvironment(project, each.service).length > 0)
  ) {
    // What cannot be opened must show before anything is stopped.
    const reason = 'secrets of the environment are opened';
    ready.push(steps.add({ kind: 'write-files', project: project.name, digest: project.digest, reason }));
  }
  for (const { key, name } of analysis.missingVolumes) {
    const reason = `volume ${name} is not there`;
    const volume = { kind: 'create-volume', project: project.name, volume: key, name, reason } as const;
    ready.push(steps.add(volume, beforeVolumes));
  }
  return ready;
}

/** Stops containers that nothing wants any more, and those that are too many. */
export function prepareSurplus({ analysis, ready }: Draft, steps: PlanSteps): void {
  for (const { container, reason } of analysis.orphans) steps.stop(container, reason, ready);
  // They are removed last: while another container is replaced, one of these may be all that holds its volumes.
  for (const { surplus } of analysis.instances) {
    for (const { container, reason } of surplus) steps.stop(container, reason, ready);
  }
}

/** Names that move from one container of ours to another: the holder steps aside. */
export function prepareNames(
  { analysis, ready }: Draft,
  all: readonly ObservedContainer[],
  steps: PlanSteps,
): void {
  for (const instance of analysis.instances) {
    if (instance.container?.name === instance.name) continue;
    if (instance.action === 'keep' && !instance.rename) continue;
    const holder = all.find(({ name, id }) => name === instance.name && id !== instance.container?.id);
    if (holder === undefined || steps.renames.has(holder.id)) continue;
    const { project, service, number, id } = holder;
    const name = freeAside(holder, all);
    const reason = `its name is needed for ${instance.service}`;
    const rename = {
      kind: 'rename-container',
      project,
      service,
      number,
      container: id,
      name,
      reason,
    } as const;
    steps.renames.set(id, steps.add(rename, ready));
  }
}
