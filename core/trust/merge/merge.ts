/**
 * Merges. A further parent can bring in commits that devices have accepted: main was there once, or a gateway showed
 * them. Whoever merges them must be heard by their policy, too, wherever the merge says otherwise; else a narrow key
 * would undo what it may not change, and a removed one its removal. The rule and its limits: docs/decisions/merges.md.
 */

import type { ObjectId } from '../git/object-source.ts';
import { commitsBeside } from '../line/commits-beside.ts';
import { loadPolicy } from '../policy/policy-load.ts';
import { judgeStep } from '../step/step.ts';
import type { StepReport } from '../step/step-types.ts';
import { type MergeQuestion, SideMerge } from './side-merge.ts';
import { SideWalk } from './side-states.ts';

/** From this walk on merges are looked behind. */
export const mergesAnswerFrom = 2;

/**
 * Judges one step, and what its merges bring in.
 * @throws TowlineError as `judgeStep` does; TRUST_LIMIT where too much is merged at once.
 */
export async function judgeMerges(question: MergeQuestion, signal: AbortSignal): Promise<StepReport> {
  const report = await judgeStep(question);
  const { reader, trusted, policies, end } = question;
  if (report.stop !== undefined) return report;
  const tips = await furtherParents(question);
  if (tips.length === 0) return report;
  if ((await loadPolicy(reader, trusted.commit, policies)).walk < mergesAnswerFrom) return report;
  const graph = await commitsBeside(reader, question.line, tips, signal);
  const walk = new SideWalk(question, signal);
  for (const state of await walk.lastStates(graph)) {
    const problem = await new SideMerge({ question, report, state, walk, signal }).problem();
    if (problem === undefined) continue;
    const { code, message, path, missing = [] } = problem;
    const stop = { code, commit: end, message, vouched: [...report.vouchers], missing };
    return { ...report, stop: path === undefined ? stop : { ...stop, path } };
  }
  return report;
}

/** Of all commits of the step. */
async function furtherParents({ reader, trusted, end }: MergeQuestion): Promise<ObjectId[]> {
  const tips: ObjectId[] = [];
  for (let id: ObjectId | undefined = end; id !== undefined && id !== trusted.commit; ) {
    const [first, ...further]: readonly ObjectId[] = await reader.parents(id);
    tips.push(...further);
    id = first;
  }
  return tips;
}
