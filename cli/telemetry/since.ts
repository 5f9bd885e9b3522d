/** `--since`. */

import { TowlineError } from '../../core/errors.ts';
import { momentIn } from '../../core/telemetry/reading/moment.ts';

/** @param text of `--since`: a duration before now, or a time. @throws TowlineError CLI_USAGE */
export function sinceOf(text: string, nowMs: number): number {
  const sinceMs = momentIn(text, nowMs);
  if (sinceMs !== undefined) return sinceMs;
  const message = `--since ${text}: a length of time such as 90s or 1h30m, or a time such as 2026-11-29T01:00:00Z`;
  throw new TowlineError('CLI_USAGE', message);
}
