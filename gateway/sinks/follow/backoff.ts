/** How long a sink waits after the n-th failure in a row: a second, then twice as long each time, up to two minutes. */
import { TowlineError } from '../../../core/errors.ts';

const firstMs = 1000;
const longestMs = 120_000;

/**
 * @param random from 0 to 1: sinks of many gateways do not come back at the same moment
 * @param longest milliseconds
 */
export function pauseMs(failures: number, error: unknown, random: number, longest = longestMs): number {
  const named = error instanceof TowlineError ? error.details.retryAfterMs : undefined;
  const grown = Math.min(longest, firstMs * 2 ** Math.min(failures - 1, 20));
  const jittered = grown * (0.5 + random / 2);
  return typeof named === 'number' && named >= 0 ? Math.max(named, Math.min(jittered, firstMs)) : jittered;
}
