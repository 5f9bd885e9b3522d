/** Who may do what behind the tunnel that is wanted now, with the end that it really has. */
import type { DeviceAccess } from '../../core/access/device-access.ts';
import type { DesiredState } from '../../core/desired/state.ts';

/**
 * @param untilMs of the opening, for a tunnel whose end no file gives, milliseconds since the epoch
 * @returns undefined: nobody may do anything
 */
export function openAccess(
  { tunnel, access }: Pick<DesiredState, 'tunnel' | 'access'>,
  untilMs: number | undefined,
): DeviceAccess | undefined {
  // Also where the commit says open, and the circumstances of this pass forbid it.
  if (access === undefined || tunnel.state !== 'open') return undefined;
  const end = access.tunnel.untilMs ?? untilMs;
  return end === undefined ? undefined : { ...access, tunnel: { ...access.tunnel, untilMs: end } };
}
