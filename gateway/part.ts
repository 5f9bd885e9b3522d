/**
 * A part of the gateway, such as fleet.git or the tunnels. gateway.ts is the list of them: what a part adds to the device
 * port, to `/metrics` and to `/healthz` it brings itself.
 */
import type { DevicePort } from './device-port/device-port.ts';
import type { Metric } from './plain-port/metric.ts';

export interface Part {
  /** Adds its routes, before the port listens. */
  mount?(port: DevicePort): void;
  /** Now. Names stand in docs/guides/gateway.md. */
  metrics?(): readonly Metric[];
  /** Its lines in what `/healthz` says. */
  state?(): object;
  /** The gateway stops: what is under way has `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Parts that have the same grace, and not one after the other. */
export function together(...parts: readonly Part[]): Part {
  return {
    close: async graceMs => {
      await Promise.all(parts.map(part => part.close(graceMs)));
    },
  };
}
