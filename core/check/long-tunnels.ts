/** Openings that end before their `until`: no tunnel is open for longer than `tunnels.maxDuration`. */

import { formatDuration } from '../duration.ts';
import type { Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { AccessFile } from '../fleet/narrowest-access.ts';
import { longForm, maxDurationMs } from '../fleet/tunnel.ts';

/** By the clock, and so nothing that keeps a commit back: devices and gateways hold the bound by themselves. */
export function longTunnelWarnings({ file: fleet, groups, devices }: Fleet, nowMs: number): Problem[] {
  const maxMs = maxDurationMs(fleet);
  const files: readonly AccessFile[] = [fleet, ...groups.values(), ...devices.values()];
  return files.flatMap(({ value: { tunnel }, locate }): Problem[] => {
    const { state, until } = tunnel === undefined ? { state: 'closed' as const } : longForm(tunnel);
    if (state === 'closed' || until === undefined || Date.parse(until) - nowMs <= maxMs) return [];
    const message = `it closes ${formatDuration(maxMs)} (\`tunnels.maxDuration\`) after it is first seen open, before its \`until\``;
    return [{ code: 'FLEET_TUNNEL_LONG', message, position: locate('/tunnel/until') }];
  });
}
