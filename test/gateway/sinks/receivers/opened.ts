/** Sinks as the gateway opens them, with a log that is thrown away. */

import { isTowlineError } from '../../../../core/errors.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { FleetView } from '../../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../../gateway/fleet/fleet-view-holder.ts';
import type { SinkServices } from '../../../../gateway/sinks/open-sink.ts';

const silent = () => {};

export function servicesFor(name: string, now: () => number = Date.now): SinkServices {
  return {
    name,
    fleet: 'acme',
    folder: '/nonexistent',
    view: new FleetViewHolder(
      new FleetView({
        commit: '1'.repeat(40),
        fleet: undefined,
        devices: [],
        operators: [],
        desiredTunnel: () => undefined,
      }),
    ),
    clock: { ...createSystemClock(), now },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  };
}

/** Code and message of the error, or what was thrown instead. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string; readonly details: object }> {
  try {
    await work;
  } catch (error) {
    if (isTowlineError(error)) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('nothing was thrown');
}
