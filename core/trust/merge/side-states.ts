import { type ErrorCode, TowlineError } from '../../errors.ts';
import { changeBetween } from '../git/change.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { CommitGraph } from '../line/commits-beside.ts';
import { lineTimeAt } from '../line/line-time.ts';
import { approvalsDiffer } from '../step/approval.ts';
import { judgeStep } from '../step/step.ts';
import type { StepQuestion, StepReport } from '../step/step-types.ts';
import { isVerdict } from '../step/verdict.ts';

/** A commit beside the line at which a device may stand: a walk from the line comes to it, and no further. */
export interface SideState {
  readonly commit: ObjectId;
  /** Where its first parents leave the line. */
  readonly fork: ObjectId;
  /** Where the device stood one step earlier; undefined: at the fork. */
  readonly before?: SideState;
}

/** Judges steps that somebody else may have taken, so many and no more. */
export class SideWalk {
  readonly #question: StepQuestion;
  readonly #signal: AbortSignal;
  #judged = 0;
  #paths = 0;

  /** @param question The step that is judged in earnest. */
  constructor(question: StepQuestion, signal: AbortSignal) {
    this.#question = question;
    this.#signal = signal;
  }

  /**
   * The ends of all walks that leave the line into the graph, as a walk makes them: one commit, or several by approvals.
   * What merges bring in is not looked at again: the more states, the more a merge must vouch for.
   */
  async lastStates(graph: CommitGraph): Promise<readonly SideState[]> {
    const children = new Map<ObjectId, ObjectId[]>();
    for (const [id, [first]] of graph) {
      if (first === undefined) continue;
      const siblings = children.get(first);
      if (siblings === undefined) children.set(first, [id]);
      else siblings.push(id);
    }
    const forks = [...children.keys()].filter(id => !graph.has(id));
    const states: SideState[] = forks.map(fork => ({ commit: fork, fork }));
    const last: SideState[] = [];
    for (const state of states) {
      const { commit, fork } = state;
      const ends = await this.#endsFrom(commit, children);
      if (ends.length === 0 && commit !== fork) {
        await this.#countBranch(state);
        last.push(state);
      }
      const before = commit === fork ? {} : { before: state };
      for (const end of ends) states.push({ commit: end, fork, ...before });
    }
    return last;
  }

  async #endsFrom(from: ObjectId, children: ReadonlyMap<ObjectId, readonly ObjectId[]>): Promise<ObjectId[]> {
    const ends: ObjectId[] = [];
    let level = children.get(from) ?? [];
    for (let commits = 1; level.length > 0 && commits <= this.#maxStepCommits; commits += 1) {
      const further: ObjectId[] = [];
      for (const end of level) {
        if ((await this.step(from, end, commits === 1)) === undefined)
          further.push(...(children.get(end) ?? []));
        else ends.push(end);
      }
      level = further;
    }
    return ends;
  }

  get #maxStepCommits(): number {
    return this.#question.reader.limits.maxStepCommits;
  }

  /** @returns undefined when the step is not accepted. @throws TowlineError TRUST_LIMIT, TRUST_WALK_UNKNOWN, and what the reader throws. */
  async step(from: ObjectId, end: ObjectId, single: boolean): Promise<StepReport | undefined> {
    const { reader, policies, line, holders } = this.#question;
    this.#signal.throwIfAborted();
    try {
      if (!(await this.#mayBeAccepted(from, end, single))) return undefined;
      this.#judged += 1;
      const { maxMergeSteps } = reader.limits;
      if (this.#judged > maxMergeSteps) throw tooMuch(`${maxMergeSteps} steps`);
      const trusted = this.#stateAt(from);
      const report = await judgeStep({ reader, policies, line, holders, end, single, trusted });
      this.#count(report.change.length);
      // Whoever knows that walk takes the step, and asks the merge about it.
      if (report.isUnknownWalk === true) throw final('TRUST_WALK_UNKNOWN', report.stop?.message ?? '');
      return report.stop === undefined ? report : undefined;
    } catch (error) {
      const isFinal = !isVerdict(error) || error.details.beside === true || reader.isSpent;
      if (isFinal) throw error;
      return undefined;
    }
  }

  /** All that a branch changes is compared with what the merge says, for each of its ends. */
  async #countBranch({ fork, commit }: SideState): Promise<void> {
    const { reader } = this.#question;
    const [before, after] = [await reader.commit(fork), await reader.commit(commit)];
    this.#count((await changeBetween(reader, before.tree, after.tree)).length);
  }

  #count(paths: number): void {
    const { maxMergePaths } = this.#question.reader.limits;
    this.#paths += paths;
    if (this.#paths > maxMergePaths) throw tooMuch(`${maxMergePaths} changed paths`);
  }

  /** What neither a signature nor an approval can vouch for is not worth a look at its trees. */
  async #mayBeAccepted(from: ObjectId, end: ObjectId, single: boolean): Promise<boolean> {
    const { reader } = this.#question;
    if (single && (await reader.commit(end)).signature !== undefined) return true;
    return await approvalsDiffer(reader, from, end);
  }

  /**
   * The step's own start is judged at its own time: what no device there can accept is in nobody's way, least of all in
   * a mend's. Elsewhere time is left out: it is not known, and whoever was there may have been early.
   */
  #stateAt(commit: ObjectId): StepQuestion['trusted'] {
    const { trusted } = this.#question;
    if (commit === trusted.commit) return trusted;
    const { fleet, from, history } = trusted;
    return { commit, fleet, from, history, ...lineTimeAt(0) };
  }
}

function tooMuch(what: string): TowlineError {
  return final('TRUST_LIMIT', `more than ${what}`);
}

/** A verdict about the whole merge, not about one step beside the line. */
function final(code: ErrorCode, what: string): TowlineError {
  return new TowlineError(code, `${what}, beside the line`, { details: { beside: true } });
}
