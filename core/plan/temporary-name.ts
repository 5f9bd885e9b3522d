/** `<id12>_<name>`: how a container is called while another one has its name. */
import type { ObservedContainer } from './observed.ts';

/** A name of which the container's id makes sure that no other has it. */
export function setAside({ id }: Pick<ObservedContainer, 'id'>, name: string): string {
  return `${id.slice(0, 12)}_${name}`;
}

/**
 * For a container that gives up its name. A successor that never took its place may still be called so.
 * @param all containers of ours
 */
export function freeAside(container: ObservedContainer, all: readonly ObservedContainer[]): string {
  const taken = new Set(all.map(({ name }) => name));
  let aside = setAside(container, container.name);
  for (let count = 2; taken.has(aside); count++) aside = setAside(container, `${count}_${container.name}`);
  return aside;
}

/** A container that a pass cut off has left under its temporary name. */
export function isHalfCreated({ name }: Pick<ObservedContainer, 'name'>): boolean {
  return /^[0-9a-f]{12}_/.test(name);
}

/**
 * @param old the one that has the name now
 * @param surplus of the same instance: where a pass has left a container under it, that one's id makes another
 */
export function temporaryName(
  old: ObservedContainer,
  name: string,
  surplus: readonly { readonly container: ObservedContainer }[],
): string {
  const taken = new Map(surplus.map(({ container }) => [container.name, container]));
  let temporary = setAside(old, name);
  for (let next = taken.get(temporary); next !== undefined; next = taken.get(temporary)) {
    taken.delete(temporary);
    temporary = setAside(next, name);
  }
  return temporary;
}

/**
 * How a container is called from when its service's names lead to it until the one before it is gone: `<its id12>__<name>`.
 * That it has the names stands nowhere else that a snapshot shows.
 */
export function heirName({ id }: Pick<ObservedContainer, 'id'>, name: string): string {
  return `${id.slice(0, 12)}__${name}`;
}
