/** The tunnel: compared like everything else, and apart from it. What runs the apps may be dead, and a person comes in by it. */

import { canonicalHash, canonicalJson } from '../canonical-json.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';
import type { ProjectMemory } from './memory.ts';
import type { TunnelSnapshot } from './observed.ts';
import type { TunnelStep } from './step.ts';

/**
 * Identity of an opening: a tunnel that has closed by its time opens again under another one. Targets and who may
 * come in are no part of it: to change them must not make it last longer.
 */
export function tunnelKey(tunnel: DesiredTunnel): string {
  const { untilMs, maxDurationMs, reason } = tunnel;
  return canonicalHash({ untilMs: untilMs ?? null, maxDurationMs, reason: reason ?? null });
}

/** When an open tunnel ends, milliseconds since the epoch. */
export function tunnelEndMs(tunnel: DesiredTunnel, memory: ProjectMemory): number {
  if (tunnel.untilMs !== undefined) return tunnel.untilMs;
  const first = memory.tunnel?.key === tunnelKey(tunnel) ? memory.tunnel.firstOpenMs : memory.nowMs;
  return first + tunnel.maxDurationMs;
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
  const untilMs = tunnelEndMs(desired, memory);
  if (untilMs <= memory.nowMs) return close('the tunnel has reached its end');
  const tunnel: DesiredTunnel = { ...desired, untilMs };
  if (observed.state !== 'closed' && observed.desired !== undefined) {
    if (canonicalJson(observed.desired) === canonicalJson(tunnel)) return [];
    return [{ kind: 'open-tunnel', tunnel, reason: difference(observed.desired, tunnel), needs: [] }];
  }
  const why = desired.reason === undefined ? '' : `: ${desired.reason}`;
  return [{ kind: 'open-tunnel', tunnel, reason: `the tunnel should be open${why}`, needs: [] }];
}
