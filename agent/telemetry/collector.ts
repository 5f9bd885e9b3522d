/** What collects, what it looks at, and where it puts it. */
import type { DesiredState } from '../../core/desired/state.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import type { SegmentClass } from '../../core/telemetry/record/segment-path.ts';

/** How far a log had been read when a segment of it was put: what is before that place is in the spool. */
export interface Reached {
  readonly container: string;
  /** Known to who reads logs. */
  readonly position: unknown;
}

/** A segment that waits to be pushed. */
export interface Piece {
  /** Its path in the commit, see `segmentPath`. */
  readonly path: string;
  readonly class: SegmentClass;
  /** Records or, of metrics, moments. */
  readonly records: number;
  /** gzip. */
  readonly bytes: Uint8Array;
  /** On the disk with it. */
  readonly reached?: Reached | undefined;
}

export interface Spool {
  /** On the disk when it resolves; what had to go for it is counted. @throws what a full disk throws */
  put(piece: Piece): Promise<void>;
  /** Something of this is worth a push at once: an error, a change of state. */
  urgent(): void;
  /** Of what waits, the newest first. */
  reached?(): AsyncIterable<Reached>;
  /** What is to be written down before anything that waits is pushed and removed. */
  beforeLeaving?(keep: () => Promise<void>): void;
}

/** What the newest pass has found. */
export interface Scene {
  readonly desired: DesiredState;
  readonly containers: ObservedState['containers'];
  readonly engineVersion: string | undefined;
}

export interface Collector {
  readonly name: string;
  look(scene: Scene): void;
  /** Until it is aborted. Never throws for what can go wrong on a device. */
  run(spool: Spool, signal: AbortSignal): Promise<void>;
  /** Puts into the spool what it holds in memory, and writes down how far it has come. */
  settle(): Promise<void>;
}
