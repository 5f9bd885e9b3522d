/** Which rollouts of an app a device takes part in, and in which order they follow one another. */
import type { DeviceLayers } from '../fleet/fleet.ts';
import type { Selectable } from '../fleet/selector.ts';
import { type NamedRollout, stageOf } from './stage.ts';

export type AppRollouts = NonNullable<ReturnType<DeviceLayers['rollouts']['get']>>;

export interface Participant extends NamedRollout {
  /** From 1. */
  readonly stage: number;
  /** Names of those that it supersedes, and what those do. */
  readonly before: ReadonlySet<string>;
}

export interface Asked {
  readonly device: Selectable;
  /** What it is assigned. */
  readonly release: string;
  readonly fleet: string;
}

/** All that are superseded from here on; a circle ends where it began. */
export function supersededBy(rollouts: AppRollouts, name: string): Set<string> {
  const found = new Set<string>();
  let next = rollouts.get(name)?.value.supersedes;
  while (next !== undefined && next !== name && !found.has(next)) {
    found.add(next);
    next = rollouts.get(next)?.value.supersedes;
  }
  return found;
}

/** The one that goes on from it. */
export const supersederOf = (rollouts: AppRollouts, name: string): string | undefined =>
  [...rollouts].find(([, { value }]) => value.supersedes === name && value.aborted !== true)?.[0];

/** By name, sorted: those that are not aborted, have a stage for the device, and move what it is assigned or what one before makes of that. */
export function participants(rollouts: AppRollouts, { device, release, fleet }: Asked): Participant[] {
  const open: Participant[] = [];
  for (const [name, file] of rollouts) {
    if (file.value.aborted === true) continue;
    const stage = stageOf({ name, file }, device, fleet);
    if (stage > 0) open.push({ name, file, stage, before: supersededBy(rollouts, name) });
  }
  const reached = new Set([release]);
  const taking = new Set<Participant>();
  // Each round takes one more at least, or is the last.
  for (;;) {
    const more = open.filter(
      one => !taking.has(one) && one.file.value.from.some(version => reached.has(version)),
    );
    const fits = more.filter(one => moves(one, release, taking));
    if (fits.length === 0) return open.filter(one => taking.has(one));
    for (const one of fits) {
      taking.add(one);
      reached.add(one.file.value.to);
    }
  }
}

/** From what is assigned, or from where one that it supersedes leads. */
function moves({ file, before }: Participant, release: string, taking: ReadonlySet<Participant>): boolean {
  const { from } = file.value;
  if (from.includes(release)) return true;
  return [...taking].some(({ name, file: other }) => before.has(name) && from.includes(other.value.to));
}

/** @returns the superseded first; undefined: two of them know nothing of each other */
export function inLine(found: readonly Participant[]): readonly Participant[] | undefined {
  const line = [...found].sort((left, right) => left.before.size - right.before.size);
  const isLine = line.every((one, index) => line.slice(0, index).every(({ name }) => one.before.has(name)));
  return isLine ? line : undefined;
}
