import { parseDuration } from '../../duration.ts';

/** @param text a length of time before now, or a time @returns milliseconds since the epoch; undefined: it is neither */
export function momentIn(text: string, nowMs: number): number | undefined {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  try {
    return nowMs - parseDuration(text);
  } catch {
    return undefined;
  }
}
