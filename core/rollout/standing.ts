/** How a project stands to the rollout of its app and to a pin: what its device says of it, and what keeps a planner from it. */
import type { Pin } from '../fleet/merged-app.ts';
import type { RolledApp } from './rolled-out.ts';

export interface ProjectRollout {
  /** By name; where several are in conflict, the first. */
  readonly name: string;
  /** From 1; absent where several are in conflict. */
  readonly stage?: number;
  /** ahead: its stage is not open; waits: it is, and its time has not come here; conflict: several move it. */
  readonly state: 'ahead' | 'waits' | 'open' | 'conflict';
  /** When it counts here, milliseconds since the epoch; where it waits. */
  readonly atMs?: number;
}

/** Parts of a desired project; none of them belongs to its digest. */
export interface Standing {
  /** Absent: none moves it. */
  readonly rollout?: ProjectRollout;
  /** Rollouts that move it, and none supersedes the other: nothing of it is touched. */
  readonly conflict?: readonly string[];
  /** Absent: its release is not its own. */
  readonly pin?: Pin;
  /** A release that a rollout gave and takes back, and whose data no earlier one can read: where it runs, it stays. */
  readonly kept?: { readonly rollout: string; readonly release: string };
}

export function standingOf({ rollout, conflict, pin }: RolledApp): Standing {
  const own = pin === undefined ? {} : { pin };
  const [first] = conflict ?? [];
  if (conflict !== undefined && first !== undefined)
    return { ...own, conflict, rollout: { name: first, state: 'conflict' } };
  if (rollout === undefined) return own;
  const { rollout: name, stage, state, atMs } = rollout;
  return { ...own, rollout: { name, stage, state, ...(atMs === undefined ? {} : { atMs }) } };
}
