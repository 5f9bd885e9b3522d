/** The tunnel: compared like everything else, and apart from it. What runs the apps may be dead, and a person comes in by it. */

import { notedOpening, tunnelEndMs } from '../access/tunnel-end.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';
import type { ProjectMemory } from './memory.ts';
import type { TunnelSnapshot } from './observed.ts';
import type { TunnelStep } from './step.ts';

/** When an open tunnel ends on this device, milliseconds since the epoch. */
export function endOnDeviceMs(tunnel: DesiredTunnel, { tunnel: before, nowMs }: ProjectMemory): number {
  const { firstOpenMs: openedMs } = notedOpening(tunnel, before, nowMs);
  return tunnelEndMs({ ...tunnel, openedMs }) ?? nowMs;
}

function difference(before: DesiredTunnel | undefined, after: DesiredTunnel): string {
  if (before === undefined) return 'the tunnel should be open';
  for (const key of ['targets', 'allow', 'untilMs'] as const) {
    if (canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null)) {
      return `tunnel ${key === 'untilMs' ? 'until' : key} changed`;
    }
  }
  return 'tunnel reason changed';
}

/** @returns one step or none */
export function planTunnel(
  desired: DesiredTunnel,
  observed: TunnelSnapshot,
  memory: ProjectMemory,
): TunnelStep[] {
  const close = (reason: string): TunnelStep[] =>
    observed.state === 'closed' ? [] : [{ kind: 'close-tunnel', reason, needs: [] }];
  if (desired.state === 'closed') return close('the tunnel should be closed');
  const untilMs = endOnDeviceMs(desired, memory);
  if (untilMs <= memory.nowMs) return close('the tunnel has reached its end');
  const tunnel = { ...desired, untilMs };
  if (observed.state !== 'closed' && observed.desired !== undefined) {
    if (canonicalJson(observed.desired) === canonicalJson(tunnel)) return [];
    return [{ kind: 'open-tunnel', tunnel, reason: difference(observed.desired, tunnel), needs: [] }];
  }
  const why = desired.reason === undefined ? '' : `: ${desired.reason}`;
  return [{ kind: 'open-tunnel', tunnel, reason: `the tunnel should be open${why}`, needs: [] }];
}
