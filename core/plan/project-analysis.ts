/** One project compared with what is there: what differs, before it is put in order. */

import { instanceCount } from '../desired/container-name.ts';
import { networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { leftByAdoption } from './adopted.ts';
import { type Fate, fateOf, followOthers } from './fate.ts';
import { conflictOf } from './foreign-conflict.ts';
import { compareInstance, type Instance, type InstanceContext } from './instance.ts';
import {
  compareNetworks,
  keptNetworks,
  type NetworkChange,
  type NetworkDuplicate,
  usedNetworks,
} from './network-changes.ts';
import type { ObservedContainer, ObservedNetwork, ObservedState } from './observed.ts';
import { projectTrees } from './project-files.ts';
import { type ServiceDefinition, serviceDefinition } from './service-definition.ts';
import { dependencies, serviceOrder } from './service-order.ts';
import type { Skipped } from './target.ts';
import { compareVolumes, type Kept, type MissingVolume, type VolumeRemade } from './volume-changes.ts';

export interface ProjectAnalysis {
  readonly project: DesiredProject;
  readonly order: readonly string[];
  readonly instances: readonly Instance[];
  readonly orphans: readonly { readonly container: ObservedContainer; readonly reason: string }[];
  readonly networks: readonly NetworkChange[];
  readonly duplicates: readonly NetworkDuplicate[];
  readonly orphanNetworks: readonly ObservedNetwork[];
  readonly missingVolumes: readonly MissingVolume[];
  readonly remadeVolumes: readonly VolumeRemade[];
  /** Trees that are not on the disk. */
  readonly missingTrees: readonly string[];
  /** What is said and not acted on. */
  readonly kept: readonly Kept[];
  readonly conflict: Skipped | undefined;
}

function byService(containers: readonly ObservedContainer[]): Map<string, ObservedContainer[]> {
  const map = new Map<string, ObservedContainer[]>();
  for (const container of containers) {
    map.set(container.service, [...(map.get(container.service) ?? []), container]);
  }
  return map;
}

/** A container holds its volumes as long as it is there: it goes with one that is made anew. */
function onNewVolume(instance: Instance, volumes: readonly VolumeRemade[]): Instance {
  const { container, action } = instance;
  if (container === undefined || action === 'recreate') return instance;
  const volume = volumes.find(({ users }) => users.includes(container));
  if (volume === undefined) return instance;
  return { ...instance, action: 'recreate', reason: volume.reason, connect: [], disconnect: [] };
}

function compareInstances(
  context: InstanceContext,
  order: readonly string[],
  made: { readonly networks: readonly NetworkChange[]; readonly volumes: readonly VolumeRemade[] },
): Instance[] {
  const { model } = context.project;
  const fates = new Map<string, Fate>();
  const renewed = new Set(made.networks.flatMap(({ old }) => (old === undefined ? [] : [old.id])));
  const instances: Instance[] = [];
  for (const service of order) {
    const restartFor = dependencies(model, service)
      .filter(({ restart }) => restart)
      .map(dependency => dependency.service);
    const count = instanceCount(model.services[service] ?? {});
    const own = Array.from({ length: count }, (_, index) =>
      followOthers(
        context,
        onNewVolume(compareInstance(context, service, index + 1), made.volumes),
        fates,
        restartFor,
      ),
    );
    instances.push(...own);
    const fate = fateOf(context, own, renewed);
    if (fate !== undefined) fates.set(service, fate);
  }
  return instances;
}

function orphansOf(project: DesiredProject, own: readonly ObservedContainer[]) {
  return own.flatMap(container => {
    const service = project.model.services[container.service];
    if (service === undefined) return [{ container, reason: `service ${container.service} was removed` }];
    const count = instanceCount(service);
    if (container.number <= count) return [];
    return [{ container, reason: `${container.service} has ${count} containers now` }];
  });
}

/** What is left as it is though the file says otherwise: of no consequence for the steps. */
export function keptOf(project: DesiredProject, observed: ObservedState): Kept[] {
  return [
    ...compareVolumes(project, observed).kept,
    ...keptNetworks(project, observed),
    ...leftByAdoption(project, observed),
  ];
}

/**
 * @param starting ids of containers whose start is owed
 * @param removed projects whose networks go in the same pass
 */
export function analyseProject(
  project: DesiredProject,
  observed: ObservedState,
  starting: readonly string[] = [],
  removed: ReadonlySet<string> = new Set(),
): ProjectAnalysis {
  const own = observed.containers.filter(container => container.project === project.name);
  const order = serviceOrder(project.model);
  const definitions = new Map<string, ServiceDefinition>(
    order.map(service => [service, serviceDefinition(project, service)]),
  );
  const context = {
    project,
    observed,
    definitions,
    containers: byService(own),
    starting: new Set(starting),
  };
  const { changes: networks, duplicates } = compareNetworks(project, observed);
  const volumes = compareVolumes(project, observed);
  const instances = compareInstances(context, order, { networks, volumes: volumes.remade });
  const wanted = new Set(usedNetworks(project).map(key => networkName(project.model, key)));
  const present = observed.trees.get(project.name);
  return {
    project,
    order,
    instances,
    orphans: orphansOf(project, own),
    networks,
    duplicates,
    orphanNetworks: observed.networks.filter(
      ({ owner, name }) => owner?.project === project.name && !wanted.has(name),
    ),
    missingVolumes: volumes.missing,
    remadeVolumes: volumes.remade,
    missingTrees: [...projectTrees(project).keys()].filter(hash => present?.has(hash) !== true),
    kept: keptOf(project, observed),
    conflict: conflictOf({ project, instances, networks, observed, removed }),
  };
}
