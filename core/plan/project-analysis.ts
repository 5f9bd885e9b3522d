/** One project compared with what is there: what differs, before it is put in order. */

import { asObject, asText } from '../compose/value/json-access.ts';
import type { DesiredProject } from '../desired/state.ts';
import { networkKeys, networkName } from './container/networking.ts';
import { hostPorts, portsClash } from './container/ports.ts';
import { beyondEngine } from './engine-age.ts';
import {
  compareInstance,
  type Fate,
  fateOf,
  followOthers,
  type Instance,
  type InstanceContext,
} from './instance.ts';
import type { ObservedContainer, ObservedNetwork, ObservedState } from './observed.ts';
import { projectTrees } from './project-files.ts';
import { resourceHash, type ServiceDefinition, serviceDefinition } from './service-definition.ts';
import { dependencies, instanceCount, serviceOrder } from './service-order.ts';
import type { Skipped } from './target.ts';

export interface NetworkChange {
  readonly key: string;
  readonly name: string;
  /** What stands in its place now; absent: it is not there. */
  readonly old: ObservedNetwork | undefined;
}

/** A second network of ours under the name of another: the engine could not tell them apart at a start. */
export interface NetworkDuplicate {
  readonly key: string;
  readonly network: ObservedNetwork;
}

export interface ProjectAnalysis {
  readonly project: DesiredProject;
  readonly order: readonly string[];
  readonly instances: readonly Instance[];
  readonly orphans: readonly { readonly container: ObservedContainer; readonly reason: string }[];
  readonly networks: readonly NetworkChange[];
  readonly duplicates: readonly NetworkDuplicate[];
  readonly orphanNetworks: readonly ObservedNetwork[];
  readonly missingVolumes: readonly { readonly key: string; readonly name: string }[];
  /** Trees that are not on the disk. */
  readonly missingTrees: readonly string[];
  /** What is said and not acted on. */
  readonly notices: readonly string[];
  readonly conflict: Skipped | undefined;
}

/** What stops or starts a container. */
export const disturbing: ReadonlySet<string> = new Set(['create', 'recreate', 'start', 'restart']);

function byService(containers: readonly ObservedContainer[]): Map<string, ObservedContainer[]> {
  const map = new Map<string, ObservedContainer[]>();
  for (const container of containers) {
    map.set(container.service, [...(map.get(container.service) ?? []), container]);
  }
  return map;
}

function compareInstances(
  context: InstanceContext,
  order: readonly string[],
  networks: readonly NetworkChange[],
): Instance[] {
  const { model } = context.project;
  const fates = new Map<string, Fate>();
  const renewed = new Set(networks.flatMap(({ old }) => (old === undefined ? [] : [old.id])));
  const instances: Instance[] = [];
  for (const service of order) {
    const restartFor = dependencies(model, service)
      .filter(({ restart }) => restart)
      .map(dependency => dependency.service);
    const count = instanceCount(model.services[service] ?? {});
    const own = Array.from({ length: count }, (_, index) =>
      followOthers(context, compareInstance(context, service, index + 1), fates, restartFor),
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

function usedNetworks(project: DesiredProject): string[] {
  const declared = Object.keys(project.model.networks ?? {});
  const used = Object.values(project.model.services).flatMap(networkKeys);
  return [...new Set([...declared, ...used])].sort();
}

/** Networks of ours for a key, the one to keep first: what containers use, then what is as it should be. */
function networksFor(project: DesiredProject, key: string, observed: ObservedState): ObservedNetwork[] {
  const name = networkName(project.model, key);
  const hash = resourceHash(project.model.networks?.[key]);
  const used = new Set(observed.containers.flatMap(({ networks }) => networks.map(({ id }) => id)));
  const rank = ({ id, owner }: ObservedNetwork) => (used.has(id) ? 2 : 0) + (owner?.hash === hash ? 1 : 0);
  return observed.networks
    .filter(network => network.name === name && network.owner?.project === project.name)
    .sort((a, b) => rank(b) - rank(a));
}

function compareNetworks(project: DesiredProject, observed: ObservedState) {
  const changes: NetworkChange[] = [];
  const duplicates: NetworkDuplicate[] = [];
  for (const key of usedNetworks(project)) {
    const definition = asObject(project.model.networks?.[key]);
    if (definition.external === true) continue;
    const [old, ...rest] = networksFor(project, key, observed);
    duplicates.push(...rest.map(network => ({ key, network })));
    if (old?.owner?.hash === resourceHash(definition)) continue;
    changes.push({ key, name: networkName(project.model, key), old });
  }
  return { changes, duplicates };
}

/** A network of somebody else under a name of ours: the engine starts no container on either. */
function ambiguousNetwork(
  project: DesiredProject,
  instances: readonly Instance[],
  observed: ObservedState,
  removed: ReadonlySet<string>,
): string | undefined {
  for (const { service, action } of instances) {
    if (!disturbing.has(action)) continue;
    for (const key of networkKeys(project.model.services[service] ?? {})) {
      if (asObject(project.model.networks?.[key]).external === true) continue;
      const name = networkName(project.model, key);
      const others = observed.networks.filter(
        network => network.name === name && network.owner?.project !== project.name,
      );
      if (others.some(({ owner }) => !removed.has(owner?.project ?? ''))) return name;
    }
  }
  return undefined;
}

function conflictOf(
  project: DesiredProject,
  instances: readonly Instance[],
  networks: readonly NetworkChange[],
  observed: ObservedState,
  removed: ReadonlySet<string>,
): Skipped | undefined {
  const conflict = (code: string, reason: string): Skipped => ({
    project: project.name,
    why: 'conflict',
    code,
    reason,
  });
  for (const instance of instances) {
    const named = observed.foreign.find(({ name }) => name === instance.name);
    if (named !== undefined && (disturbing.has(instance.action) || instance.rename)) {
      return conflict(
        'ENGINE_NAME_TAKEN',
        `the name ${instance.name} is taken by a container that is not ours`,
      );
    }
    if (!disturbing.has(instance.action)) continue;
    const beyond = beyondEngine(
      project.model,
      project.model.services[instance.service] ?? {},
      observed.engineVersion,
    );
    if (beyond !== undefined) return conflict('ENGINE_TOO_OLD', `${instance.service}: ${beyond}`);
    for (const port of hostPorts(project.model.services[instance.service] ?? {})) {
      const holder = observed.foreign.find(({ ports }) => ports.some(held => portsClash(held, port)));
      if (holder !== undefined) {
        return conflict(
          'ENGINE_PORT_TAKEN',
          `port ${port.port}/${port.protocol} for ${instance.service} is taken by container ${holder.name}, which is not ours`,
        );
      }
    }
  }
  for (const { old, name } of networks) {
    const stranger = observed.foreign.find(({ networks: attached }) =>
      attached.some(({ id }) => id === old?.id),
    );
    if (old !== undefined && stranger !== undefined) {
      return conflict(
        'ENGINE_NETWORK_IN_USE',
        `network ${name} must be made anew and ${stranger.name} is attached to it`,
      );
    }
  }
  const ambiguous = ambiguousNetwork(project, instances, observed, removed);
  if (ambiguous !== undefined) {
    return conflict('ENGINE_NAME_TAKEN', `the name ${ambiguous} is taken by a network that is not ours`);
  }
  return missingExternal(project, observed, conflict);
}

function missingExternal(
  project: DesiredProject,
  observed: ObservedState,
  conflict: (code: string, reason: string) => Skipped,
): Skipped | undefined {
  for (const kind of ['networks', 'volumes'] as const) {
    for (const [key, value] of Object.entries(project.model[kind] ?? {})) {
      const definition = asObject(value);
      if (definition.external !== true) continue;
      const name = asText(definition.name) ?? key;
      if (!observed[kind].some(existing => existing.name === name)) {
        return conflict('ENGINE_EXTERNAL_MISSING', `external ${kind.slice(0, -1)} ${name} does not exist`);
      }
    }
  }
  return undefined;
}

function compareVolumes(project: DesiredProject, observed: ObservedState) {
  const missing: { key: string; name: string }[] = [];
  const notices: string[] = [];
  for (const [key, value] of Object.entries(project.model.volumes ?? {})) {
    const definition = asObject(value);
    if (definition.external === true) continue;
    const name = asText(definition.name) ?? `${project.name}_${key}`;
    const volume = observed.volumes.find(existing => existing.name === name);
    if (volume === undefined) missing.push({ key, name });
    else if (volume.owner !== undefined && volume.owner.hash !== resourceHash(definition)) {
      notices.push(`volume ${name} is defined otherwise now: its data is kept as it is`);
    }
  }
  return { missing, notices };
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
  const instances = compareInstances(context, order, networks);
  const wanted = new Set(usedNetworks(project).map(key => networkName(project.model, key)));
  const volumes = compareVolumes(project, observed);
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
    missingTrees: [...projectTrees(project).keys()].filter(hash => present?.has(hash) !== true),
    notices: volumes.notices,
    conflict: conflictOf(project, instances, networks, observed, removed),
  };
}
