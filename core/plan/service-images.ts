/** The images that a service needs: the one it runs, and those that it mounts. */

import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import type { ProjectMemory } from './memory.ts';

/** References, its own first. */
export function serviceImages(service: ServiceModel): string[] {
  const { image = '', volumes = [] } = service;
  const mounted = volumes.flatMap(({ type, source = '' }) => (type === 'image' ? [source] : []));
  return [...new Set([image, ...mounted])];
}

/** A service and an image that it needs. */
export interface ServiceImage {
  readonly service: string;
  readonly image: string;
}

/** Each image once, with the first service that needs it. */
export function imagesOf({ services }: ComposeModel): ServiceImage[] {
  const found = new Map<string, ServiceImage>();
  for (const [service, definition] of Object.entries(services))
    for (const image of serviceImages(definition))
      if (image !== '' && !found.has(image)) found.set(image, { service, image });
  return [...found.values()];
}

/** @param there names of images that are on the engine */
export function missingImages(model: ComposeModel, there: { has(image: string): boolean }): ServiceImage[] {
  return imagesOf(model).filter(({ image }) => !there.has(image));
}

function referencesOf(states: readonly DesiredProject[]): Set<string> {
  return new Set(states.flatMap(({ model }) => imagesOf(model).map(({ image }) => image)));
}

const wantedStates = ({ projects, next = [] }: DesiredState): DesiredProject[] => [
  ...projects,
  ...next.flatMap(({ would }) => would ?? []),
];

/** References of the desired states, and of what comes next. */
export const wantedImages = (desired: DesiredState): Set<string> => referencesOf(wantedStates(desired));

/** Those, and of the last good states. */
export function neededImages(desired: DesiredState, memory: ProjectMemory): Set<string> {
  const good = [...memory.projects.values()].flatMap(({ lastGood }) => lastGood ?? []);
  return referencesOf([...wantedStates(desired), ...good]);
}
