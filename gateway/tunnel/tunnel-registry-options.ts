/** What tunnels of devices are kept with. */
import type { Clock } from '../../core/io/clock.ts';
import type { ConnectionLimits } from '../../core/io/ssh/ssh-connection.ts';
import type { Log } from '../../core/log.ts';
import type { Audit } from '../admission/audit.ts';
import type { Bus } from '../bus/bus.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export interface TunnelRegistryOptions {
  readonly view: FleetViewHolder;
  readonly bus: Bus;
  readonly hostKeys: readonly string[];
  readonly audit: Audit;
  readonly log: Log;
  readonly clock: Clock;
  /** From the 101 to a proven key, milliseconds. */
  readonly loginGraceMs?: number;
  readonly keepaliveMs?: number;
  readonly limits?: ConnectionLimits;
}
