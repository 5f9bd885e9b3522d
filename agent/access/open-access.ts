/** Who may do what behind the tunnel that is wanted now, with the end that it really has. */
import type { DeviceAccess } from '../../core/access/device-access.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';

export interface OpeningFound {
  /** Closed also where the commit says open, and the circumstances of this pass forbid it. */
  readonly wanted: Pick<DesiredTunnel, 'state'>;
  readonly access: DeviceAccess | undefined;
  /** For a tunnel whose end no file gives, milliseconds since the epoch. */
  readonly found: { readonly untilMs: number | undefined };
}

/** @returns undefined: nobody may do anything */
export function openAccess({ wanted, access, found }: OpeningFound): DeviceAccess | undefined {
  if (access === undefined || wanted.state !== 'open') return undefined;
  const untilMs = access.tunnel.untilMs ?? found.untilMs;
  return untilMs === undefined ? undefined : { ...access, tunnel: { ...access.tunnel, untilMs } };
}
