/** Which moments of a device are believed, milliseconds. */

/** One sample three hours ahead, and Prometheus refuses everybody's until then. */
export const maxAheadMs = 10 * 60_000;

export function isAhead(timeMs: number, nowMs: number): boolean {
  return timeMs > nowMs + maxAheadMs;
}
