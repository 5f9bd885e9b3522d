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
  // A line is gone through once, in its order; each round takes one more at least, or is the last.
  const left = inOrder(open);
  for (let known = -1; known < taking.size; ) {
    known = taking.size;
    for (const one of left) {
      const { from, to } = one.file.value;
      if (taking.has(one) || !from.some(version => reached.has(version))) continue;
      if (!moves(one, release, taking)) continue;
      taking.add(one);
      reached.add(to);
    }
  }
  return open.filter(one => taking.has(one));
}

/** The superseded first. */
const inOrder = (found: readonly Participant[]): Participant[] =>
  [...found].sort((left, right) => left.before.size - right.before.size);

/** From what is assigned, or from where one that it supersedes leads. */
function moves({ file, before }: Participant, release: string, taking: ReadonlySet<Participant>): boolean {
  const { from } = file.value;
  if (from.includes(release)) return true;
  for (const { name, file: other } of taking)
    if (before.has(name) && from.includes(other.value.to)) return true;
  return false;
}

/** @returns the superseded first; undefined: two of them know nothing of each other */
export function inLine(found: readonly Participant[]): readonly Participant[] | undefined {
  const line = inOrder(found);
  const isLine = line.every((one, index) => line.slice(0, index).every(({ name }) => one.before.has(name)));
  return isLine ? line : undefined;
}
