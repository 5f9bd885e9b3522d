/** `--since`. */

import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';

/** @param text of `--since`: a duration before now, or a time. @throws TowlineError CLI_USAGE */
export function sinceOf(text: string, nowMs: number): number {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  try {
    return nowMs - parseDuration(text);
  } catch (cause) {
    const message = `--since ${text}: a length of time such as 90s or 1h30m, or a time such as 2026-11-29T01:00:00Z`;
    throw new TowlineError('CLI_USAGE', message, { cause });
  }
}
