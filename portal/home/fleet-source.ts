import type { Fleet } from '../../core/fleet/fleet.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { WalkStop } from '../../core/trust/walk.ts';

export interface SeenFleet {
  readonly fleet: Fleet;
  /** The newest trusted main. */
  readonly commit: ObjectId;
  /** Why main's head is not trusted, where it is not. */
  readonly stopped?: WalkStop | undefined;
}

export interface Unreached {
  /** When it was asked for last with success, milliseconds since the epoch; undefined: not since the start. */
  readonly askedMs: number | undefined;
  readonly why: string;
}

export interface FleetSource {
  /** The same object until main moves; undefined until it was read for the first time. */
  readonly current: SeenFleet | undefined;
  /** What is in the way of something newer; absent, or undefined: nothing. At a desk. */
  readonly unreached?: Unreached | undefined;
  /** @returns ends it */
  onChange(listener: () => void): () => void;
  /** Objects of fleet.git; what dies of it is begun anew. */
  readonly objects: ObjectSource;
}
