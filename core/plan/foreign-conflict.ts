/** What is not ours and stands in a project's way. */

import { networkKeys, networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { adoptedNetwork, adoptionRefusal, refusedData } from './adopted.ts';
import { hostPorts, portsClash } from './container/ports.ts';
import { beyondEngine } from './engine-age.ts';
import { disturbing, type Instance } from './instance.ts';
import type { NetworkChange } from './network-changes.ts';
import type { ObservedState } from './observed.ts';
import { serviceDefinition } from './service-definition.ts';
import type { Skipped } from './target.ts';

interface Compared {
  readonly project: DesiredProject;
  readonly instances: readonly Instance[];
  readonly networks: readonly NetworkChange[];
  readonly observed: ObservedState;
  /** Projects whose networks go in the same pass. */
  readonly removed: ReadonlySet<string>;
}

interface Conflict {
  readonly code: string;
  readonly reason: string;
}

/** Why the project cannot be brought to its state, whatever the other projects do. */
export function conflictOf(compared: Compared): Skipped | undefined {
  const conflict =
    adoptionConflict(compared) ??
    instancesConflict(compared) ??
    networkInUse(compared) ??
    ambiguousNetwork(compared) ??
    missingExternal(compared);
  if (conflict === undefined) return undefined;
  const { code, reason } = conflict;
  return { project: compared.project.name, why: 'conflict', code, reason };
}

/** What docker compose has made, and may not be taken over here. */
function adoptionConflict({ project, instances, observed }: Compared): Conflict | undefined {
  const reason =
    adoptionRefusal(project, observed) ??
    instances
      .map(({ service, container }) => refusedData(container, serviceDefinition(project, service).hash))
      .find(refused => refused !== undefined);
  return reason === undefined ? undefined : { code: 'ENGINE_ADOPT_REFUSED', reason };
}

function instancesConflict(compared: Compared): Conflict | undefined {
  for (const instance of compared.instances) {
    const conflict = instanceConflict(instance, compared);
    if (conflict !== undefined) return conflict;
  }
  return undefined;
}

function instanceConflict(instance: Instance, { project, observed }: Compared): Conflict | undefined {
  const { service, name } = instance;
  const named = observed.foreign.some(container => container.name === name);
  if (named && (disturbing.has(instance.action) || instance.rename)) {
    const reason = `the name ${name} is taken by a container that is not ours`;
    return { code: 'ENGINE_NAME_TAKEN', reason };
  }
  if (!disturbing.has(instance.action)) return undefined;
  const definition = project.model.services[service] ?? {};
  const beyond = beyondEngine(project.model, definition, observed.engineVersion);
  if (beyond !== undefined) return { code: 'ENGINE_TOO_OLD', reason: `${service}: ${beyond}` };
  for (const port of hostPorts(definition)) {
    const holder = observed.foreign.find(({ ports }) => ports.some(held => portsClash(held, port)));
    if (holder === undefined) continue;
    const reason = `port ${port.port}/${port.protocol} for ${service} is taken by container ${holder.name}, which is not ours`;
    return { code: 'ENGINE_PORT_TAKEN', reason };
  }
  return undefined;
}

function networkInUse({ networks, observed }: Compared): Conflict | undefined {
  for (const { old, name } of networks) {
    if (old === undefined) continue;
    const stranger = observed.foreign.find(container => container.networks.some(({ id }) => id === old.id));
    if (stranger === undefined) continue;
    const reason = `network ${name} must be made anew and ${stranger.name} is attached to it`;
    return { code: 'ENGINE_NETWORK_IN_USE', reason };
  }
  return undefined;
}

/** A network of somebody else under a name of ours: the engine starts no container on either, and may make a second one. */
function ambiguousNetwork({
  project,
  instances,
  networks,
  observed,
  removed,
}: Compared): Conflict | undefined {
  const used = instances
    .filter(({ action }) => disturbing.has(action))
    .flatMap(({ service }) => networkKeys(project.model.services[service] ?? {}));
  for (const key of new Set([...used, ...networks.map(change => change.key)])) {
    if (project.model.networks?.[key]?.external === true) continue;
    const name = networkName(project.model, key);
    const others = observed.networks.filter(
      network => network.name === name && network.owner?.project !== project.name,
    );
    if (others.length === 1 && adoptedNetwork(project, key, observed) !== undefined) continue;
    if (others.every(({ owner }) => removed.has(owner?.project ?? ''))) continue;
    const reason = `the name ${name} is taken by a network that is not ours`;
    return { code: 'ENGINE_NAME_TAKEN', reason };
  }
  return undefined;
}

function missingExternal({ project, observed }: Compared): Conflict | undefined {
  for (const kind of ['networks', 'volumes'] as const) {
    for (const [key, definition] of Object.entries(project.model[kind] ?? {})) {
      if (definition?.external !== true) continue;
      const name = definition.name ?? key;
      if (observed[kind].some(existing => existing.name === name)) continue;
      const reason = `external ${kind.slice(0, -1)} ${name} does not exist`;
      return { code: 'ENGINE_EXTERNAL_MISSING', reason };
    }
  }
  return undefined;
}
