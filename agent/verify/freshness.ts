/** Freshness: a withheld update looks like silence (trust.md, "Freshness"). */

export interface FreshnessQuestion {
  /** fleet.yaml `freshness.maxAge`; undefined: no timestamp is asked for. Milliseconds. */
  readonly maxAgeMs: number | undefined;
  /** Newest signed time of the timestamp bot, milliseconds since the epoch. */
  readonly timestampMs: number | undefined;
  readonly lineTimeMs: number;
  /** The machine's clock, and the newest time that this device has ever seen. */
  readonly wallMs: number;
  readonly newestMs: number;
}

export type Freshness = { readonly fresh: true } | { readonly fresh: false; readonly message: string };

/** Now is the greatest of wall clock, line time and persisted time: a clock set back makes nothing fresh again. */
export function judgeFreshness(question: FreshnessQuestion): Freshness {
  const { maxAgeMs, timestampMs, lineTimeMs } = question;
  if (maxAgeMs === undefined) return { fresh: true };
  const nowMs = Math.max(question.wallMs, lineTimeMs, question.newestMs);
  if (timestampMs === undefined) return { fresh: false, message: 'there is no signed timestamp' };
  const ageMs = nowMs - timestampMs;
  if (ageMs <= maxAgeMs) return { fresh: true };
  const minutes = Math.round(ageMs / 60_000);
  return { fresh: false, message: `the newest signed timestamp is ${minutes} minutes old` };
}
