/** How far a sink has come with one device, and what keeps that. */
import type { ObjectId } from '../../../core/trust/git/object-source.ts';

export interface Position {
  readonly commit: ObjectId;
  /** Deliveries of this commit that the sink is through with, counted before any filter; undefined: all of them. */
  readonly through: number | undefined;
}

/** What a follower keeps of its devices. */
export interface PositionStore {
  get(device: string): Position | undefined;
  /** These are about to be sent. */
  begin(ends: ReadonlyMap<string, Position>): Promise<void>;
  move(ends: ReadonlyMap<string, Position>): Promise<void>;
  /** Nothing is remembered of it. */
  forget(device: string): void;
  /** Durable from now on. */
  fold(): Promise<void>;
  close(): Promise<void>;
}
