/** The images that a service needs: the one it runs, and those that it mounts. */

import { asList, asObject, asText } from '../compose/value/json-access.ts';
import type { ServiceModel } from '../compose/value/model.ts';
import type { DesiredState } from '../desired/state.ts';
import type { ProjectMemory } from './memory.ts';

/** References, its own first. */
export function serviceImages(service: ServiceModel): string[] {
  const mounted = asList(service.volumes).flatMap(item => {
    const { type, source } = asObject(item);
    return type === 'image' ? [asText(source) ?? ''] : [];
  });
  return [...new Set([asText(service.image) ?? '', ...mounted])];
}

/** References of the desired and the last good states. */
export function neededImages(desired: DesiredState, memory: ProjectMemory): Set<string> {
  const states = [
    ...desired.projects,
    ...[...memory.projects.values()].flatMap(({ lastGood }) => lastGood ?? []),
  ];
  return new Set(states.flatMap(({ model }) => Object.values(model.services).flatMap(serviceImages)));
}
