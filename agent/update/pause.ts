/** How long a version that came to nothing, and not by its own fault, waits for the next try. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

interface Pauses {
  readonly firstMs: number;
  readonly times: number;
  readonly longestMs: number;
}

/** Somebody is about to bring the parts to the gateway, or to make room; a try costs nothing. */
const missing: Pauses = { firstMs: minuteMs, times: 2, longestMs: 10 * minuteMs };
/** Each try of it is a restart of the agent. */
const trial: Pauses = { firstMs: 10 * minuteMs, times: 3, longestMs: dayMs };
const other: Pauses = { firstMs: minuteMs, times: 5, longestMs: dayMs };

const awaited: ReadonlySet<string> = new Set([
  'AGENT_UPDATE_MISSING',
  'AGENT_GATEWAY_UNREACHABLE',
  'AGENT_DISK_FULL',
]);

function pausesAfter(code: string | undefined): Pauses {
  if (code !== undefined && awaited.has(code)) return missing;
  return code === 'AGENT_UPDATE_CUT' ? trial : other;
}

/** @param attempts so far, from 1 @returns milliseconds */
export function pauseMs(attempts: number, code: string | undefined): number {
  const { firstMs, times, longestMs } = pausesAfter(code);
  return Math.min(longestMs, firstMs * times ** Math.min(attempts - 1, 10));
}

/** When it is tried again, milliseconds since the epoch. A clock that was set back since makes it wait no longer. */
export function nextTryMs(
  { attempts, code, triedAtMs }: { attempts: number; code?: string; triedAtMs?: number },
  nowMs: number,
): number {
  if (attempts === 0 || triedAtMs === undefined || triedAtMs > nowMs) return nowMs;
  return triedAtMs + pauseMs(attempts, code);
}
