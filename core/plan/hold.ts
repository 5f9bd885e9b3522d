/** For how long a person may keep an agent from touching projects. */
import { parseDuration } from '../duration.ts';

export const longestHoldMs = 31 * 24 * 3_600_000;

/** @returns milliseconds; undefined for what is no duration, or is too long. */
export function readHold(text: string): number | undefined {
  const ms = /^\d{1,6}(ms|s|m|h|d)$/.test(text) ? parseDuration(text) : 0;
  return ms > 0 && ms <= longestHoldMs ? ms : undefined;
}
