/** Who would have to sign a commit that nobody has signed yet. */
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { HolderIndex } from '../trust/holders/holder-index.ts';
import type { TrustedState } from '../trust/line/trusted-state.ts';
import type { PolicyCache } from '../trust/policy/policy-load.ts';
import { isSatisfied, missingFor, type Requirement } from '../trust/policy/requirement.ts';
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

/** What the policy in force asks for. @throws TowlineError what the reader throws */
export async function requirementsFor(question: SignersQuestion): Promise<readonly Requirement[]> {
  const { reader, trusted, commit: end, policies, holders } = question;
  const line = { has: async (id: ObjectId) => id === trusted.commit };
  return (await judgeStep({ reader, policies, trusted, line, holders, end, single: true })).requirements;
}

/**
 * Who is missing where these have vouched, each once: `1 more of maintainers (alice, bob)`; where one of several roles is
 * enough, with `, or ` between.
 * @param voices of principals (`voiceOf`)
 */
export function missingOf(
  requirements: readonly Requirement[],
  voices: ReadonlySet<string>,
): readonly string[] {
  const open = requirements.filter(each => !isSatisfied(each, voices));
  return [...new Set(open.map(each => missingFor(each, voices).join(', or ')))];
}

/** Who must sign where nobody has yet. @throws TowlineError what the reader throws */
export const whoSigns = async (question: SignersQuestion): Promise<readonly string[]> =>
  missingOf(await requirementsFor(question), new Set());
