import { TowlineError } from '../../core/errors.ts';
import { momentIn } from '../../core/telemetry/reading/moment.ts';

/** @returns milliseconds since the epoch @throws TowlineError PORTAL_MALFORMED */
export function askedMoment(text: string, nowMs: number): number {
  const ms = momentIn(text, nowMs);
  if (ms !== undefined) return ms;
  throw new TowlineError(
    'PORTAL_MALFORMED',
    'a length of time such as 90s or 1h30m, or a time such as 2026-11-29T01:00:00Z',
  );
}
