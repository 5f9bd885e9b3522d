/** How long it takes until what has failed is tried again, and whether that is over. */

const firstRetryMs = 30_000;
/** The longest pause between two tries, milliseconds. */
const longestRetryMs = 60 * 60_000;

/** After so many tries in vain, milliseconds. */
export const retryPauseMs = (count: number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** (count - 1));

/** The pause doubles with each try that follows the one before; after a long time it is short again. */
export function nextTry(
  before: { digest: string; count?: number; nextMs?: number } | undefined,
  digest: string,
  nowMs: number,
): { count: number; nextMs: number; words: string } {
  const follows = before?.digest === digest && nowMs - (before.nextMs ?? 0) < longestRetryMs;
  const count = follows ? (before.count ?? 0) + 1 : 1;
  const pauseMs = retryPauseMs(count);
  return { count, nextMs: nowMs + pauseMs, words: `tried again in ${Math.round(pauseMs / 1000)} s` };
}

/** Whether its pause is over. One that is longer than any was noted by a clock that ran ahead and was put right since. */
export function mayTry(before: { readonly nextMs?: number } | undefined, nowMs: number): boolean {
  const pauseMs = (before?.nextMs ?? 0) - nowMs;
  return pauseMs <= 0 || pauseMs > longestRetryMs;
}
