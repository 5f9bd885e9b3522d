/** `<id12>_<name>`: how a container is called while another one has its name. */
import type { ObservedContainer } from './observed.ts';

/** A name of which the container's id makes sure that no other has it. */
export function setAside({ id }: Pick<ObservedContainer, 'id'>, name: string): string {
  return `${id.slice(0, 12)}_${name}`;
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
