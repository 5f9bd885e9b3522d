/** Freshness: a withheld update looks like silence (trust.md, "Freshness"). */
import { isTowlineError } from '../../core/errors.ts';
import { judgeFreshness } from '../../core/trust/freshness.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { ReachedMemory } from '../../core/trust/reached.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { isAheadOf, type Timestamp, verifyTimestamp } from '../../core/trust/timestamp.ts';

export interface FreshnessQuestion {
  readonly objects: ObjectSource;
  readonly trusted: TrustedState;
  /** What refs/towline/timestamp points to, as it was fetched. */
  readonly timestamp: ObjectId | undefined;
  /** fleet.yaml `freshness.maxAge`, milliseconds. */
  readonly maxAgeMs: number;
  /** The greatest of the machine's clock and the newest time that this device has ever seen. */
  readonly nowMs: number;
  /** Kept from pass to pass. */
  readonly memory?: ReachedMemory;
  /** The machine's clock, seconds since the epoch. */
  readonly wallSec: number;
  /** Whether a time server keeps it; asked only where something lies ahead of it: that may start a program. */
  isKept(): Promise<boolean | undefined>;
}

/**
 * @returns why nothing may be moved, or undefined when what is trusted is fresh
 * @throws TowlineError TRUST_OBJECT_…, GIT_STORE when objects cannot be read
 */
export async function staleness(
  question: FreshnessQuestion,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { objects, trusted, maxAgeMs, nowMs } = question;
  const reader = new ObjectReader(objects);
  let timestamp: Timestamp | undefined;
  let refusal: string | undefined;
  if (question.timestamp !== undefined) {
    try {
      timestamp = await verifyTimestamp({ reader, trusted, id: question.timestamp });
    } catch (error) {
      if (!isTowlineError(error, 'TRUST_TIMESTAMP')) throw error;
      refusal = error.message;
    }
  }
  if (
    timestamp !== undefined &&
    isAheadOf(timestamp, question.wallSec) &&
    (await question.isKept()) === true
  ) {
    refusal = `the newest timestamp is of ${showTime(timestamp.timeSec)}, which has not come`;
    timestamp = undefined;
  }
  const nowSec = Math.floor(nowMs / 1000);
  const maxAgeSec = Math.floor(maxAgeMs / 1000);
  const { memory } = question;
  const known = memory === undefined ? {} : { memory };
  const freshness = await judgeFreshness({ reader, trusted, timestamp, nowSec, maxAgeSec, signal, ...known });
  return freshness.stale ? (refusal ?? freshness.reason ?? 'stale') : undefined;
}
