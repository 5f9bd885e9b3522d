/** The tunnel: compared like everything else. */

import { canonicalHash, canonicalJson } from '../canonical-json.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';
import type { ProjectMemory } from './memory.ts';
import type { TunnelSnapshot } from './observed.ts';
import type { StepDraft } from './plan-steps.ts';

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
export function tunnelStep(
  desired: DesiredTunnel,
  observed: TunnelSnapshot,
  memory: ProjectMemory,
): StepDraft | undefined {
  if (desired.state === 'closed') {
    return observed.state === 'closed'
      ? undefined
      : { kind: 'close-tunnel', reason: 'the tunnel should be closed' };
  }
  const untilMs = tunnelEndMs(desired, memory);
  if (untilMs <= memory.nowMs) {
    return observed.state === 'closed'
      ? undefined
      : { kind: 'close-tunnel', reason: 'the tunnel has reached its end' };
  }
  const tunnel: DesiredTunnel = { ...desired, untilMs };
  if (observed.state !== 'closed' && observed.desired !== undefined) {
    if (canonicalJson(observed.desired) === canonicalJson(tunnel)) return undefined;
    return { kind: 'open-tunnel', tunnel, reason: difference(observed.desired, tunnel) };
  }
  const why = desired.reason === undefined ? '' : `: ${desired.reason}`;
  return { kind: 'open-tunnel', tunnel, reason: `the tunnel should be open${why}` };
}
