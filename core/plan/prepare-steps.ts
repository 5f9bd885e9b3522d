/** The first part of a plan: all that is needed before anything is stopped, and what must be free first. */

import { type Instance, isUp } from './instance.ts';
import type { ObservedContainer, ObservedState } from './observed.ts';
import type { PlanSteps } from './plan-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { secretEnvironment } from './secret-environment.ts';
import { serviceImages } from './service-images.ts';

/** What the steps so far give to those that follow. */
export interface Prepared {
  /** Steps after which something may be stopped. */
  readonly ready: readonly number[];
  /** Container → the step that stops it. One map for all projects: a port may come from another one. */
  readonly stops: Map<string, number>;
  /** Container → the step that gives its name free. One map for all projects. */
  readonly renames: Map<string, number>;
  /** Container or network that nothing wants → the step that removes it. One map for all projects. */
  readonly gone: Map<string, number>;
  /** Key of a network → the step that makes it. */
  readonly networks: Map<string, number>;
  /** Container → steps after which it may be attached or started again. */
  readonly detached: Map<string, number>;
}

export function isReplaced({ action, container }: Instance): boolean {
  return action === 'recreate' && container !== undefined;
}

function needsImage({ action }: Instance): boolean {
  return action === 'create' || action === 'recreate';
}

/** Images, files and volumes. */
export function prepareContent(
  analysis: ProjectAnalysis,
  observed: ObservedState,
  steps: PlanSteps,
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
    ready.push(steps.add({ kind: 'create-volume', project: project.name, volume: key, name, reason }));
  }
  return ready;
}

/** Stops a container once. @returns the step, or undefined where it does not run */
export function stopOnce(
  prepared: Prepared,
  steps: PlanSteps,
  container: ObservedContainer,
  reason: string,
  needs: Iterable<number>,
): number | undefined {
  const known = prepared.stops.get(container.id);
  if (known !== undefined) return known;
  if (!isUp(container)) return undefined;
  const { project, service, id, name } = container;
  const step = steps.add({ kind: 'stop-container', project, service, container: id, name, reason }, needs);
  prepared.stops.set(id, step);
  return step;
}

/** Stops containers that nothing wants any more, and those that are too many. */
export function prepareSurplus(analysis: ProjectAnalysis, prepared: Prepared, steps: PlanSteps): void {
  for (const { container, reason } of analysis.orphans) {
    stopOnce(prepared, steps, container, reason, prepared.ready);
  }
  // They are removed last: while another container is replaced, one of these may be all that holds its volumes.
  for (const { surplus } of analysis.instances) {
    for (const { container, reason } of surplus) {
      stopOnce(prepared, steps, container, reason, prepared.ready);
    }
  }
}

/** Names that move from one container of ours to another: the holder steps aside. */
export function prepareNames(
  analysis: ProjectAnalysis,
  all: readonly ObservedContainer[],
  prepared: Prepared,
  steps: PlanSteps,
): void {
  for (const instance of analysis.instances) {
    if (instance.container?.name === instance.name) continue;
    if (instance.action === 'keep' && !instance.rename) continue;
    const holder = all.find(({ name, id }) => name === instance.name && id !== instance.container?.id);
    if (holder === undefined || prepared.renames.has(holder.id)) continue;
    const { project, service, number, id } = holder;
    const name = `${id.slice(0, 12)}_${holder.name}`;
    const reason = `its name is needed for ${instance.service}`;
    prepared.renames.set(
      id,
      steps.add(
        { kind: 'rename-container', project, service, number, container: id, name, reason },
        prepared.ready,
      ),
    );
  }
}

/** Networks: new ones, and those that are made anew under containers that stay. */
export function prepareNetworks(
  analysis: ProjectAnalysis,
  observed: ObservedState,
  prepared: Prepared,
  steps: PlanSteps,
): void {
  const { project } = analysis;
  for (const { key, network } of analysis.duplicates) {
    const { id, name } = network;
    const reason = `a second network of the name ${name}`;
    const remove = { kind: 'remove-network', project: project.name, name, id, reason } as const;
    prepared.networks.set(key, steps.add(remove, prepared.ready));
  }
  for (const { key, name, old } of analysis.networks) {
    const reason =
      old === undefined ? `network ${name} is not there` : `network ${name} is defined otherwise now`;
    // One of the same name that a removed project leaves behind: the engine could not tell them apart.
    const freed = observed.networks
      .filter(network => network.name === name)
      .map(({ id }) => prepared.gone.get(id) ?? -1);
    if (old !== undefined) {
      const detached: number[] = [];
      for (const container of observed.containers) {
        if (!container.networks.some(({ id }) => id === old.id)) continue;
        if (container.project !== project.name) {
          detached.push(prepared.gone.get(container.id) ?? -1);
          continue;
        }
        const stop = stopOnce(prepared, steps, container, reason, prepared.ready) ?? -1;
        const { project: owner, service, id, name: containerName } = container;
        const step = steps.add(
          {
            kind: 'disconnect-network',
            project: owner,
            service,
            container: id,
            name: containerName,
            network: name,
            id: old.id,
            reason,
          },
          [...prepared.ready, stop],
        );
        prepared.detached.set(id, step);
        detached.push(step);
      }
      freed.push(
        steps.add({ kind: 'remove-network', project: project.name, name, id: old.id, reason }, [
          ...prepared.ready,
          ...detached,
        ]),
      );
    }
    prepared.networks.set(
      key,
      steps.add({ kind: 'create-network', project: project.name, network: key, name, reason }, [
        ...prepared.ready,
        ...freed,
      ]),
    );
  }
}
