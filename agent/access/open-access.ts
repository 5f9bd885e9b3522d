/** Who may do what behind the tunnel that is wanted now. */
import type { DeviceAccess } from '../../core/access/device-access.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';

export interface OpeningFound {
  /** Closed also where the commit says open, and the circumstances of this pass forbid it. */
  readonly wanted: Pick<DesiredTunnel, 'state'>;
  readonly access: DeviceAccess | undefined;
  /** When this device first saw it open, milliseconds since the epoch. */
  readonly openedMs: number;
}

/** @returns undefined: nobody may do anything */
export function openAccess({ wanted, access, openedMs }: OpeningFound): DeviceAccess | undefined {
  if (access === undefined || wanted.state !== 'open') return undefined;
  return { ...access, tunnel: { ...access.tunnel, openedMs } };
}
