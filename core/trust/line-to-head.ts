import { type ErrorCode, isTowlineError } from '../errors.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { ObjectId } from './git/object-source.ts';
import { lineBetween } from './line/line.ts';
import type { TrustedState } from './line/trusted-state.ts';
import type { WalkStop } from './step/step-types.ts';
import { isVerdict } from './step/verdict.ts';

interface LineQuestion {
  readonly reader: ObjectReader;
  readonly trusted: TrustedState;
  readonly head: ObjectId;
  readonly signal: AbortSignal;
}

/**
 * The commits of the line from after the trusted one to the head, or why there is no such line.
 * @throws TowlineError what the reader throws; the signal's reason.
 */
export async function lineToHead({
  reader,
  trusted,
  head,
  signal,
}: LineQuestion): Promise<ObjectId[] | WalkStop> {
  const stop = (code: ErrorCode, message: string): WalkStop => ({
    code,
    commit: head,
    message,
    vouched: [],
    missing: [],
  });
  try {
    const line = await lineBetween(reader, trusted.commit, head, signal);
    if (line.kind === 'line') return [...line.commits];
    if (line.kind === 'off-the-line') {
      return stop('TRUST_OFF_THE_LINE', `${trusted.commit} is not among the first parents of ${head}`);
    }
    if (line.kind === 'too-long')
      return stop('TRUST_LIMIT', `more than ${reader.limits.maxLineCommits} commits`);
    // A commit in whose head git finds no parents ends the line: that is what to report.
    await reader.commit(line.last).catch(error => {
      if (!isTowlineError(error, 'TRUST_OBJECT_MISSING')) throw error;
    });
    return stop('TRUST_NOT_A_DESCENDANT', `${head} does not descend from ${trusted.commit}: rollback`);
  } catch (error) {
    if (isVerdict(error)) return stop(error.code, error.message);
    throw error;
  }
}
