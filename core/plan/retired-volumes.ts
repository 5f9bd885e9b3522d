/** What a device that is retired with its volumes removes: volumes of its own, and nobody else's. */
import { resourceName } from '../desired/resource-name.ts';
import type { ProjectMemory } from './memory.ts';
import type { ObservedContainer, ObservedState } from './observed.ts';

/** A volume that the engine has named: one that a container of ours had from its predecessor has no label. */
const anonymous = /^[0-9a-f]{64}$/;

/** External ones, by any name: somebody else has made them. */
function externalNames(memory: ProjectMemory): Set<string> {
  const names = new Set<string>();
  for (const { lastGood } of memory.projects.values()) {
    for (const [key, definition] of Object.entries(lastGood?.model.volumes ?? {})) {
      if (definition?.external === true && lastGood !== undefined)
        names.add(resourceName(lastGood.model, 'volumes', key));
    }
  }
  return names;
}

/** Names of the volumes of a project, sorted: those with its label, and anonymous ones that its containers hold. */
export function volumesOf(
  project: string,
  containers: readonly ObservedContainer[],
  observed: ObservedState,
  memory: ProjectMemory,
): string[] {
  const external = externalNames(memory);
  const labelled = observed.volumes.filter(({ owner }) => owner?.project === project);
  const held = containers.flatMap(({ mounts }) => mounts?.volumes ?? []);
  const unowned = new Set(
    observed.volumes.filter(({ owner }) => owner === undefined).map(({ name }) => name),
  );
  const handedOn = held.filter(name => anonymous.test(name) && unowned.has(name));
  const beside = (observed.beside ?? []).filter(volume => volume.project === project);
  const all = new Set([...[...labelled, ...beside].map(({ name }) => name), ...handedOn]);
  return [...all].filter(name => !external.has(name)).sort();
}
