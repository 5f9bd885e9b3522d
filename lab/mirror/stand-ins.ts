/** Which devices a lab has: one for each distinct plan, and whom it stands for. */

export interface StandIn {
  /** Its id, in production as in the lab. */
  readonly device: string;
  /** Ids of the devices that would do the same, its own first, the others sorted. */
  readonly standsFor: readonly string[];
}

/** Device → what it would be, as one text: those with an equal one would do the same. */
export type PlanKeys = ReadonlyMap<string, string>;

/** Devices that are alike at each of some commits, sorted; kinds in the order of their first. */
function kindsOf(keys: readonly PlanKeys[]): string[][] {
  const kinds = new Map<string, string[]>();
  const ids = new Set(keys.flatMap(each => [...each.keys()]));
  for (const id of [...ids].sort()) {
    const kind = keys.map(each => each.get(id) ?? '').join('\0');
    const alike = kinds.get(kind);
    if (alike === undefined) kinds.set(kind, [id]);
    else alike.push(id);
  }
  return [...kinds.values()];
}

const standingFor = (alike: readonly string[]): StandIn => ({ device: alike[0] ?? '', standsFor: alike });

/**
 * One device of each kind.
 * @param keys of one commit; or of two, from one to the other: those are folded together that are alike at both
 */
export const foldDevices = (keys: readonly PlanKeys[]): StandIn[] => kindsOf(keys).map(standingFor);

export interface Spread {
  /** Every device that is there, also one that production no longer has: that stands for nobody. */
  readonly standIns: readonly StandIn[];
  /** Kinds of which none is there. */
  readonly untried: readonly StandIn[];
}

/** The same in a lab that has its devices already. */
export function spreadDevices(keys: readonly PlanKeys[], present: readonly string[]): Spread {
  const there = new Set(present);
  const standsFor = new Map<string, readonly string[]>();
  const untried: StandIn[] = [];
  for (const alike of kindsOf(keys)) {
    const [first, ...others] = alike.filter(id => there.has(id));
    if (first === undefined) untried.push(standingFor(alike));
    else standsFor.set(first, [first, ...alike.filter(id => !there.has(id))]);
    for (const other of others) standsFor.set(other, [other]);
  }
  return { standIns: present.map(device => ({ device, standsFor: standsFor.get(device) ?? [] })), untried };
}
