/** Which devices a lab has: one for each distinct plan, and whom it stands for. */

export interface StandIn {
  /** Its id, in production as in the lab. */
  readonly device: string;
  /** Ids of the devices that would do the same, its own first, the others sorted. */
  readonly standsFor: readonly string[];
}

/** Device → what it would be, as one text: those with an equal one would do the same. */
export type PlanKeys = ReadonlyMap<string, string>;

/**
 * One device of each kind.
 * @param keys of one commit; or of two, from one to the other: those are folded together that are alike at both
 * @param preferred devices that the lab has already: such a one stands for its kind
 */
export function foldDevices(
  keys: readonly PlanKeys[],
  preferred: ReadonlySet<string> = new Set(),
): StandIn[] {
  const kinds = new Map<string, string[]>();
  const ids = new Set(keys.flatMap(each => [...each.keys()]));
  for (const id of [...ids].sort()) {
    const kind = keys.map(each => each.get(id) ?? '').join('\0');
    const alike = kinds.get(kind);
    if (alike === undefined) kinds.set(kind, [id]);
    else alike.push(id);
  }
  return [...kinds.values()]
    .map(alike => {
      const device = alike.find(id => preferred.has(id)) ?? alike[0] ?? '';
      return { device, standsFor: [device, ...alike.filter(id => id !== device)] };
    })
    .sort((left, right) => (left.device < right.device ? -1 : 1));
}
