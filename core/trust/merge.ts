/**
 * Merges. A further parent can bring in commits that devices have accepted: main was there once, or a gateway showed
 * them. Whoever merges them must be heard by their policy, too, wherever the merge says otherwise; else a narrow key
 * would undo what it may not change, and a removed one its removal. The rule and its limits: docs/decisions/merges.md.
 */
import { type ChangedPath, changeBetween, noMode } from './change.ts';
import { type CommitGraph, commitsBeside, reachableIn } from './commits-beside.ts';
import { unsound } from './evidence.ts';
import { changeOf, fileSide, sameSide } from './file-side.ts';
import { HolderIndex } from './holder-index.ts';
import type { TrustedLine } from './line.ts';
import { LineStretch, madeBy } from './line-stretch.ts';
import type { ObjectId } from './object-source.ts';
import type { Policy } from './policy.ts';
import { loadPolicy } from './policy-load.ts';
import { isSatisfied, missingFor, type Requirement, requirementsOf } from './requirement.ts';
import { type SideState, SideWalk } from './side-states.ts';
import { judgeStep } from './step.ts';
import type { StepProblem, StepQuestion, StepReport } from './step-types.ts';
import { takeoverRequirements } from './takeover.ts';
import { type VouchersUnder, vouchersUnder } from './vouchers-under.ts';

/** From this walk on merges are looked behind. */
export const mergesAnswerFrom = 2;

export type MergeQuestion = StepQuestion & { readonly line: TrustedLine };

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
    const problem = await new SideMerge({ question, report, state, graph, walk }).problem();
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

interface SideMergeParts {
  readonly question: MergeQuestion;
  readonly report: StepReport;
  readonly state: SideState;
  readonly graph: CommitGraph;
  readonly walk: SideWalk;
}

/** What the step says of one state beside the line. */
class SideMerge {
  readonly #parts: SideMergeParts;

  constructor(parts: SideMergeParts) {
    this.#parts = parts;
  }

  async problem(): Promise<StepProblem | undefined> {
    const { question, report, state, graph } = this.#parts;
    const { reader, trusted, policies, end } = question;
    if ((await reader.commit(end)).tree === (await reader.commit(state.commit)).tree) return undefined;
    const stretch = await LineStretch.between(reader, state.fork, trusted.commit);
    // What the line has merged already was judged by then.
    if (reachableIn(graph, await stretch.merged()).has(state.commit)) return undefined;
    const policy = await loadPolicy(reader, state.commit, policies);
    const vouchers = vouchersUnder(policy, report);
    const isOfTheLine = await stretch.hasHadPolicyOf(state.commit);
    const touched = await this.#touched();
    const differing = await this.#differing(touched);
    const taken = await this.#taken(differing, policy, vouchers);
    if (taken !== undefined) return this.#problemAt(taken, vouchers);
    for (const change of differing) {
      const isStated = report.change.some(({ path }) => path === change.path);
      const open = await this.#open(change, policy, vouchers, isStated);
      if (open === undefined) continue;
      const theirs = { mode: change.oldMode, id: change.oldId };
      if (isOfTheLine && !isStated && (await stretch.hasHeld(change.path, theirs))) continue;
      return this.#problemAt(open, vouchers);
    }
    return isOfTheLine ? undefined : await this.#problemOnLine(stretch, policy, vouchers, touched);
  }

  /** Paths that the branch changes, or the step. */
  async #touched(): Promise<ReadonlySet<string>> {
    const { question, report, state } = this.#parts;
    const { reader } = question;
    const [fork, side] = [await reader.commit(state.fork), await reader.commit(state.commit)];
    const branch = await changeBetween(reader, fork.tree, side.tree);
    return new Set([...branch, ...report.change].map(({ path }) => path));
  }

  /** Where the step ends otherwise than the branch. Approvals that only the branch or the step has are for it alone. */
  async #differing(paths: ReadonlySet<string>): Promise<ChangedPath[]> {
    const { reader, trusted, end } = this.#parts.question;
    const differing: ChangedPath[] = [];
    for (const path of [...paths].sort()) {
      const theirs = await fileSide(reader, this.#parts.state.commit, path);
      const ours = await fileSide(reader, end, path);
      if (sameSide(theirs, ours)) continue;
      const isNew = (await fileSide(reader, trusted.commit, path)).mode === noMode;
      if (path.startsWith('approvals/') && isNew) continue;
      differing.push(changeOf(path, theirs, ours));
    }
    return differing;
  }

  /** Ids and keys that the step takes from others who have them on the branch, or that are revoked there. */
  async #taken(
    change: readonly ChangedPath[],
    policy: Policy,
    vouchers: VouchersUnder,
  ): Promise<Requirement | undefined> {
    const { question, state } = this.#parts;
    if (vouchers.isRoot) return undefined;
    const { reader, holders = new HolderIndex(), end: to } = question;
    const places = { from: state.commit, to, change, isWhole: false };
    const found = await takeoverRequirements({ reader, policy, coming: undefined, ...places, holders });
    return found.find(requirement => !isSatisfied(requirement, vouchers.all));
  }

  /** Under other keys and rules than the line had: what the line did meanwhile must be theirs to do, too. */
  async #problemOnLine(
    stretch: LineStretch,
    policy: Policy,
    vouchers: VouchersUnder,
    touched: ReadonlySet<string>,
  ): Promise<StepProblem | undefined> {
    const { question, state, walk } = this.#parts;
    const { reader, trusted } = question;
    const [fork, now] = [await reader.commit(state.fork), await reader.commit(trusted.commit)];
    const open = new Map<string, Requirement>();
    for (const change of await changeBetween(reader, fork.tree, now.tree)) {
      if (touched.has(change.path) || change.path.startsWith('approvals/')) continue;
      const requirement = await this.#open(change, policy, vouchers, false);
      if (requirement !== undefined) open.set(change.path, requirement);
    }
    const vouched = new Set<string>();
    if (open.size > 0) {
      for await (const step of stretch.steps(walk)) {
        const theirs = vouchersUnder(policy, step);
        for (const change of madeBy(step, new Set(open.keys()))) {
          const missing = await this.#open(change, policy, theirs, true);
          if (missing !== undefined) return this.#problemAt(missing, theirs);
          vouched.add(change.path);
        }
      }
    }
    const [left] = [...open.values()].filter(({ path }) => !vouched.has(path));
    return left === undefined ? undefined : this.#problemAt(left, vouchers);
  }

  /**
   * What of a change nobody vouches for. A signature vouches for the whole tree, an approval for what it states; root
   * may do anything once one of it has signed the merge, and the others have approved what it changes.
   */
  async #open(
    change: ChangedPath,
    policy: Policy,
    vouchers: VouchersUnder,
    isStated: boolean,
  ): Promise<Requirement | undefined> {
    if (vouchers.isRoot) return undefined;
    const who = isStated ? vouchers.all : vouchers.signer;
    const requirements = await requirementsOf(this.#parts.question.reader, change, policy);
    return requirements.find(requirement => !isSatisfied(requirement, who));
  }

  #problemAt(open: Requirement, vouchers: VouchersUnder): StepProblem {
    const { commit } = this.#parts.state;
    const place = open.pointer === undefined ? open.path : `${open.path} at ${open.pointer}`;
    const message = `it merges ${commit}, which devices may have accepted, and says otherwise at ${place}`;
    const missing = missingFor(open, vouchers.signer);
    return { ...unsound('TRUST_MERGE', message), path: open.path, missing };
  }
}
