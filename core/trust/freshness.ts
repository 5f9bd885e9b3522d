/** How fresh a trusted commit is, by the newest thing that the bot said. */
import type { ObjectReader } from './git/object-reader.ts';
import type { TrustedState } from './line/trusted-state.ts';
import { isReached, type ReachedMemory } from './reached.ts';
import { showTime } from './signature/evidence.ts';
import type { Timestamp } from './timestamp.ts';

/** What is known of freshness. */
export interface Freshness {
  /**
   * Nothing that the bot has seen is missing: its head is the trusted commit, or a first parent behind it. Behind a
   * further parent it may be a merge that left it out.
   */
  readonly reached: boolean;
  /** Age of the statement, seconds; not below zero. */
  readonly ageSec: number;
  readonly stale: boolean;
  /** For people: why it is stale. */
  readonly reason?: string;
}

/**
 * Judges how fresh a trusted commit is. Stale: the newest statement is too old, or names a head that was not reached
 * (its commits are withheld, or refused).
 * @param nowSec The greatest of wall clock, line time and persisted time, seconds since the epoch.
 * @throws TowlineError what the reader throws.
 */
export async function judgeFreshness(question: {
  readonly reader: ObjectReader;
  readonly trusted: TrustedState;
  readonly timestamp: Timestamp | undefined;
  readonly nowSec: number;
  readonly maxAgeSec: number;
  readonly signal: AbortSignal;
  readonly memory?: ReachedMemory;
}): Promise<Freshness> {
  const { trusted, timestamp, maxAgeSec } = question;
  if (timestamp === undefined) {
    return { reached: false, ageSec: Number.POSITIVE_INFINITY, stale: true, reason: 'there is no timestamp' };
  }
  const nowSec = Math.max(question.nowSec, trusted.lineTimeSec);
  const ageSec = Math.max(0, nowSec - timestamp.timeSec);
  const reached = await isReached({ ...question, timestamp });
  if (ageSec > maxAgeSec) {
    const reason = `the newest timestamp is of ${showTime(timestamp.timeSec)}, ${ageSec} s ago (limit ${maxAgeSec})`;
    return { reached, ageSec, stale: true, reason };
  }
  if (reached) return { reached, ageSec, stale: false };
  return {
    reached,
    ageSec,
    stale: true,
    reason: `the timestamp names ${timestamp.head}, which is not reached`,
  };
}
