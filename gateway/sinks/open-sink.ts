/** How a kind of sink is made: what it is told, and what it is given. */
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { GatewayFile } from '../../schemas/types.generated.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { RecordSink } from './delivery.ts';

/** One sink as gateway.yaml has it. */
export type SinkFile = NonNullable<GatewayFile['sinks']>[string];
export type SinkKind = SinkFile['kind'];
export type SinkFileOf<Kind extends SinkKind> = Extract<SinkFile, { kind: Kind }>;

export interface SinkServices {
  /** Its name in gateway.yaml. */
  readonly name: string;
  readonly fleet: string;
  /** For files of its own, below the state directory; it is there. */
  readonly folder: string;
  readonly view: FleetViewHolder;
  readonly clock: Clock;
  /** Bears the name of the sink. */
  readonly log: Log;
}

/**
 * Waits for no receiver: one that is not there is nothing that a start fails by.
 * @throws TowlineError GATEWAY_CONFIG_INVALID where keys of its own do not go together
 */
export type OpenSink<Kind extends SinkKind> = (
  file: SinkFileOf<Kind>,
  services: SinkServices,
) => RecordSink | Promise<RecordSink>;
