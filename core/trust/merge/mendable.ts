import { isTowlineError } from '../../errors.ts';
import { defaultTrustLimits, type TrustLimits } from '../git/limits.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { commitsBeside } from '../line/commits-beside.ts';
import { TrustedLine } from '../line/line.ts';
import type { TrustedState } from '../line/trusted-state.ts';
import { loadPolicy } from '../policy/policy-load.ts';
import { mergesAnswerFrom } from './merge.ts';
import { SideWalk } from './side-states.ts';

/** Half of what a walk takes: on top of a tip within it a mend, and a second one, are still read. */
export const mendableLimits: Partial<TrustLimits> = Object.freeze({
  maxMergeCommits: defaultTrustLimits.maxMergeCommits / 2,
  maxMergeSteps: defaultTrustLimits.maxMergeSteps / 2,
  maxMergePaths: defaultTrustLimits.maxMergePaths / 2,
  maxObjects: defaultTrustLimits.maxObjects / 2,
  maxTotalBytes: defaultTrustLimits.maxTotalBytes / 2,
});

/**
 * Looks behind a tip as the walk will look behind the mend that gets past it.
 * @param reader With `mendableLimits`.
 * @throws TowlineError TRUST_LIMIT when there is too much, and what the reader throws.
 */
export async function assertMendable(
  reader: ObjectReader,
  trusted: TrustedState,
  tip: ObjectId,
  signal: AbortSignal,
): Promise<void> {
  const policies = new Map();
  if ((await loadPolicy(reader, trusted.commit, policies)).walk < mergesAnswerFrom) return;
  const line = new TrustedLine(reader, trusted.commit);
  const graph = await commitsBeside(reader, line, [tip], signal);
  try {
    await new SideWalk({ reader, policies, trusted, line, end: tip, single: true }, signal).lastStates(graph);
  } catch (error) {
    // Whoever knows that walk will read the mend.
    if (!isTowlineError(error, 'TRUST_WALK_UNKNOWN')) throw error;
  }
}
