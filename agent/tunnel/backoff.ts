const firstMs = 1000;
const longestMs = 5 * 60_000;

/**
 * How long to wait before the next try: doubling from a second to five minutes, each somewhere between the half and
 * the whole of it, so that a thousand devices do not come back at the same moment.
 * @param failures tries that failed in a row, from 1
 * @param random 0 ≤ random < 1
 */
export function backoffMs(failures: number, random: number): number {
  const wholeMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 20), longestMs);
  return wholeMs / 2 + (wholeMs / 2) * random;
}
