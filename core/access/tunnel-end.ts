/** When a tunnel ends: at its `until`, and at the latest `tunnels.maxDuration` after it was first seen open. */
import { canonicalHash } from '../canonical-json.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';

/** A tunnel as one side has it: a device, or a gateway. */
export interface SeenTunnel extends DesiredTunnel {
  /** When that side first saw this very opening, milliseconds since the epoch. Absent: it does not know, and lets nobody in. */
  readonly openedMs?: number;
}

/** @returns milliseconds since the epoch; undefined where nobody has said when it was first seen open */
export function tunnelEndMs({
  untilMs = Number.POSITIVE_INFINITY,
  maxDurationMs,
  openedMs,
}: Pick<SeenTunnel, 'untilMs' | 'maxDurationMs' | 'openedMs'>): number | undefined {
  return openedMs === undefined ? undefined : Math.min(untilMs, openedMs + maxDurationMs);
}

/** An opening that a device or a gateway has noted. */
export interface NotedOpening {
  readonly key: string;
  readonly firstOpenMs: number;
}

/**
 * Identity of an opening: one that has ended opens again under another. Targets and who may come in are no part of it: to
 * change them must not make it last longer.
 */
export function openingKey({ untilMs, maxDurationMs, reason }: DesiredTunnel): string {
  return canonicalHash({ untilMs: untilMs ?? null, maxDurationMs, reason: reason ?? null });
}

/** @returns what to note of it now: the opening noted before, where it is the same. A start in the future was noted by a clock that was ahead. */
export function notedOpening(
  tunnel: DesiredTunnel,
  before: NotedOpening | undefined,
  nowMs: number,
): NotedOpening {
  const key = openingKey(tunnel);
  return before?.key === key && before.firstOpenMs <= nowMs ? before : { key, firstOpenMs: nowMs };
}
