/** What a receiver answers, and what follows from its status alone. */
import { TowlineError } from '../../../core/errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Its beginning, where there was more than was asked for. */
  readonly body: Buffer;
  readonly isWhole: boolean;
  /** For a person: its beginning on one line, without our own secrets. */
  readonly excerpt: string;
}

/** A receiver that names a year is asked again all the same. */
const longestPauseMs = 3_600_000;
/** The receiver has read the request and will never take it. */
const refusals: ReadonlySet<number> = new Set([400, 413, 422]);
/** It will, later. 408 and 425 are no fault of what was sent. */
const later: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Nothing for 2xx; of anything else the error that says whether it is tried again, and when.
 * @param what for a person, such as `https://loki.example.com/loki/api/v1/push`
 * @throws TowlineError TELEMETRY_RECEIVER_BUSY (`details.retryAfterMs` where it names a time), TELEMETRY_BATCH_REFUSED,
 *   TELEMETRY_RECEIVER_DENIES
 */
export function assertTaken(answer: HttpAnswer, what: string, nowMs: number): void {
  const { status, excerpt } = answer;
  if (status >= 200 && status < 300) return;
  const message = `${what} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
  if (refusals.has(status)) throw new TowlineError('TELEMETRY_BATCH_REFUSED', message);
  if (status < 500 && !later.has(status)) throw new TowlineError('TELEMETRY_RECEIVER_DENIES', message);
  const retryAfterMs = retryAfter(answer.headers['retry-after'], nowMs);
  const details = retryAfterMs === undefined ? {} : { details: { retryAfterMs } };
  throw new TowlineError('TELEMETRY_RECEIVER_BUSY', message, details);
}

/** RFC 9110, 10.2.3: seconds, or a date. */
export function retryAfter(value: string | readonly string[] | undefined, nowMs: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(longestPauseMs, Math.max(0, ms));
}
