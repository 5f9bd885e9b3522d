/** The images that a service needs: the one it runs, and those that it mounts. */

import type { ServiceModel } from '../compose/value/model.ts';
import type { DesiredState } from '../desired/state.ts';
import type { ProjectMemory } from './memory.ts';

/** References, its own first. */
export function serviceImages(service: ServiceModel): string[] {
  const { image = '', volumes = [] } = service;
  const mounted = volumes.flatMap(({ type, source = '' }) => (type === 'image' ? [source] : []));
  return [...new Set([image, ...mounted])];
}

/** References of the desired and the last good states. */
export function neededImages(desired: DesiredState, memory: ProjectMemory): Set<string> {
  const states = [
    ...desired.projects,
    ...[...memory.projects.values()].flatMap(({ lastGood }) => lastGood ?? []),
  ];
  return new Set(states.flatMap(({ model }) => Object.values(model.services).flatMap(serviceImages)));
}
