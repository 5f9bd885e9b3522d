/** What people type of a change, read before anything is written. */

import { parseDuration } from '../duration.ts';
import { TowlineError } from '../errors.ts';

/** @throws TowlineError CLI_USAGE */
export function durationOption(name: string, text: string): number {
  try {
    const durationMs = parseDuration(text);
    if (durationMs > 0) return durationMs;
  } catch {
    // Said below.
  }
  throw new TowlineError('CLI_USAGE', `${name}: ${text} is no duration, such as 90s or 1h30m`);
}

const maxReasonLength = 500;

/** One line of text. @throws TowlineError CLI_USAGE */
export function reasonOption(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= maxReasonLength && !/\p{Cc}/u.test(reason)) return reason;
  throw new TowlineError('CLI_USAGE', `--reason is one line of 1 to ${maxReasonLength} characters`);
}
