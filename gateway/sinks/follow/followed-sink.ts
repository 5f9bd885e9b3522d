/** What following needs of one sink, and what it shares with others. */
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { RecordSink } from '../delivery.ts';
import type { BegunMarks } from './begun-marks.ts';
import type { PositionStore } from './position.ts';
import type { SharedReading } from './shared-reading.ts';
import type { SinkCounts } from './sink-counts.ts';
import type { SinkFilter } from './sink-filter.ts';

/** Of all sinks. */
export interface FollowedFleet {
  readonly fleet: string;
  readonly view: FleetViewHolder;
  /** Tips of telemetry.git by ref, as they are now. */
  readonly refs: () => ReadonlyMap<string, ObjectId>;
  readonly shared: SharedReading;
  readonly keys: { of(device: string): readonly string[] };
  readonly clock: Clock;
}

export interface FollowedSink extends FollowedFleet {
  readonly sink: RecordSink;
  readonly filter: SinkFilter;
  readonly positions: PositionStore;
  readonly counts: SinkCounts;
  /** Bears the name of the sink. */
  readonly log: Log;
  readonly begun: BegunMarks;
}
