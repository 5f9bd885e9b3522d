/** Who would have to sign a commit that nobody has signed yet. */
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { HolderIndex } from '../trust/holders/holder-index.ts';
import type { TrustedState } from '../trust/line/trusted-state.ts';
import type { PolicyCache } from '../trust/policy/policy-load.ts';
import { missingFor } from '../trust/policy/requirement.ts';
import { judgeStep } from '../trust/step/step.ts';

export interface SignersQuestion {
  /** Has the commit, too. */
  readonly reader: ObjectReader;
  readonly trusted: TrustedState;
  /** A child of what is trusted. */
  readonly commit: ObjectId;
  readonly policies: PolicyCache;
  readonly holders?: HolderIndex | undefined;
}

const nobody: ReadonlySet<string> = new Set();

/**
 * As the policy in force asks it, each once: `1 more of maintainers (alice, bob)`; where one of several roles is enough, with
 * `, or ` between.
 * @throws TowlineError what the reader throws
 */
export async function whoSigns(question: SignersQuestion): Promise<readonly string[]> {
  const { reader, trusted, commit: end, policies, holders } = question;
  const line = { has: async (id: ObjectId) => id === trusted.commit };
  const { requirements } = await judgeStep({ reader, policies, trusted, line, holders, end, single: true });
  return [...new Set(requirements.map(each => missingFor(each, nobody).join(', or ')))];
}
