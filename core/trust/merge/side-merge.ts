import { isTowlineError } from '../../errors.ts';
import { type ChangedPath, changeBetween, noMode } from '../git/change.ts';
import type { ObjectId } from '../git/object-source.ts';
import { HolderIndex } from '../holders/holder-index.ts';
import { takeoverRequirements } from '../holders/takeover.ts';
import { commitsBeside } from '../line/commits-beside.ts';
import type { TrustedLine } from '../line/line.ts';
import type { Policy } from '../policy/policy.ts';
import { loadPolicy } from '../policy/policy-load.ts';
import { isSatisfied, missingFor, type Requirement, requirementsOf } from '../policy/requirement.ts';
import { unsound } from '../signature/evidence.ts';
import type { StepProblem, StepQuestion, StepReport } from '../step/step-types.ts';
import { type VouchersUnder, vouchersUnder } from '../step/vouchers-under.ts';
import { changeOf, fileSide, sameSide } from './file-side.ts';
import { LineStretch, madeBy } from './line-stretch.ts';
import type { SideState, SideWalk } from './side-states.ts';

export type MergeQuestion = StepQuestion & { readonly line: TrustedLine };

export interface SideMergeParts {
  readonly question: MergeQuestion;
  readonly report: StepReport;
  readonly state: SideState;
  readonly walk: SideWalk;
  readonly signal: AbortSignal;
}

/** What a step says of one state beside the line (docs/decisions/merges.md). */
export class SideMerge {
  readonly #parts: SideMergeParts;

  constructor(parts: SideMergeParts) {
    this.#parts = parts;
  }

  async problem(): Promise<StepProblem | undefined> {
    const { question, state } = this.#parts;
    const { reader, end } = question;
    if ((await reader.commit(end)).tree === (await reader.commit(state.commit)).tree) return undefined;
    const stretch = new LineStretch(reader, question.line.since(state.fork));
    const problem = await this.#problemSince(state.fork, stretch);
    if (problem === undefined) return undefined;
    const known = await this.#broughtBefore(stretch);
    if (known === undefined) return problem;
    return known === state.commit ? undefined : this.#problemSince(known, stretch);
  }

  /** The newest state on the way that a merge of the line has brought in: that one has answered for it. */
  async #broughtBefore(stretch: LineStretch): Promise<ObjectId | undefined> {
    const { question, state, signal } = this.#parts;
    const { reader, line } = question;
    const merged = await stretch.merged();
    if (merged.length === 0) return undefined;
    try {
      const graph = await commitsBeside(reader, line, merged, signal);
      for (let at: SideState | undefined = state; at !== undefined; at = at.before)
        if (graph.has(at.commit)) return at.commit;
      return undefined;
    } catch (error) {
      if (isTowlineError(error, 'TRUST_LIMIT') && !reader.isSpent) return undefined;
      throw error;
    }
  }

  /** @param base A commit on the way to the state: the fork, or one for which the line has answered. */
  async #problemSince(base: ObjectId, stretch: LineStretch): Promise<StepProblem | undefined> {
    const { question, report, state } = this.#parts;
    const { reader, policies } = question;
    const policy = await loadPolicy(reader, state.commit, policies);
    const vouchers = vouchersUnder(policy, report);
    const isOfTheLine = (await stretch.hasHadPolicyOf(state.commit)) || (await this.#hasPolicyOf(base));
    const touched = await this.#touchedSince(base);
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

  async #hasPolicyOf(base: ObjectId): Promise<boolean> {
    const { reader } = this.#parts.question;
    const { commit, fork } = this.#parts.state;
    if (base === fork) return false;
    return (await reader.entryAt(base, 'trust'))?.id === (await reader.entryAt(commit, 'trust'))?.id;
  }

  /** Paths that the branch changes since a commit of it, or the step. */
  async #touchedSince(base: ObjectId): Promise<ReadonlySet<string>> {
    const { question, report, state } = this.#parts;
    const { reader } = question;
    const [before, side] = [await reader.commit(base), await reader.commit(state.commit)];
    const branch = await changeBetween(reader, before.tree, side.tree);
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
