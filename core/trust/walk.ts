import type { ErrorCode } from '../errors.ts';
import { assertHeadersOfWalk } from './git/commit-object.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { ObjectId } from './git/object-source.ts';
import { HolderIndex } from './holders/holder-index.ts';
import { firstHistory, nextHistory } from './line/history.ts';
import { TrustedLine } from './line/line.ts';
import { lineTimeAt } from './line/line-time.ts';
import { type TrustedState, withTime } from './line/trusted-state.ts';
import { lineToHead } from './line-to-head.ts';
import { judgeMerges } from './merge/merge.ts';
import { loadPolicy, type PolicyCache } from './policy/policy-load.ts';
import { assertUsablePolicy } from './policy/policy-problem.ts';
import { moveSideways, type SidewaysQuestion } from './sideways.ts';
import { approvalsDiffer } from './step/approval.ts';
import type { StepQuestion, StepReport, WalkStop } from './step/step-types.ts';
import { isVerdict } from './step/verdict.ts';
import type { AcceptedStep, WalkQuestion, WalkResult } from './walk-question.ts';

export type { TrustedState } from './line/trusted-state.ts';
export type { WalkStop } from './step/step-types.ts';
export type { AcceptedStep, WalkQuestion, WalkResult } from './walk-question.ts';

/** What may come of standing on another line than main, or of having seen another time than main did. */
const astray: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TRUST_NOT_A_DESCENDANT',
  'TRUST_OFF_THE_LINE',
  'TRUST_TIME_BACKWARDS',
  'TRUST_KEY_EXPIRED',
  'TRUST_APPROVAL_EXPIRED',
]);

/**
 * The first trusted state, from the commit that a person pinned by its full id. Line time starts at its committer time.
 * @throws TowlineError TRUST_POLICY_… when its policy must not be in force, and what the reader throws.
 */
export async function openAnchor(
  reader: ObjectReader,
  anchor: ObjectId,
  policies: PolicyCache = new Map(),
): Promise<TrustedState> {
  const commit = await reader.commit(anchor);
  const lineTime = lineTimeAt(commit.committer.timeSec);
  const policy = await loadPolicy(reader, anchor, policies);
  assertHeadersOfWalk(commit, policy.walk);
  assertUsablePolicy(policy, lineTime.lineTimeSec);
  const from = { commit: anchor, ...lineTime };
  const history = await firstHistory(reader, anchor);
  return { ...from, fleet: policy.fleet, from, history };
}

/**
 * Walks from the trusted commit towards a head: every step is judged by the policy of the commit before it; never
 * backwards; ends at the last good one. A bad history is an answer, not an error.
 * @throws TowlineError TRUST_OBJECT_MISSING, TRUST_OBJECT_HASH, TRUST_OBJECT_SOURCE when objects cannot be read;
 *   the signal's reason when it is aborted.
 */
export async function walk(question: WalkQuestion): Promise<WalkResult> {
  const policies = question.policies ?? new Map();
  const holders = question.holders ?? new HolderIndex();
  return walkBothWays({ ...question, policies, holders });
}

async function walkBothWays(question: SidewaysQuestion): Promise<WalkResult> {
  const straight = await walkStraight(question);
  if (straight.stopped === undefined || !astray.has(straight.stopped.code)) return straight;
  const move = await moveSideways({ ...question, trusted: straight.trusted }, walkStraight);
  if (move === undefined) return straight;
  const { trusted, isTwin } = move;
  const on = await walkStraight({ ...question, reader: question.reader.renewed(), trusted });
  return { ...on, accepted: [...straight.accepted, ...on.accepted], aside: trusted.commit, isTwin };
}

async function walkStraight(question: WalkQuestion): Promise<WalkResult> {
  const { reader, head, signal } = question;
  const line = await lineToHead(question);
  if (!Array.isArray(line)) return { trusted: question.trusted, accepted: [], stopped: line };
  const policies = question.policies ?? new Map();
  const holders = question.holders ?? new HolderIndex();
  const behind = new TrustedLine(reader, question.trusted.commit);
  const accepted: AcceptedStep[] = [];
  let trusted = question.trusted;
  let position = 0;
  while (position < line.length) {
    if (accepted.length >= reader.limits.maxBatchCommits) return { trusted, accepted, more: true };
    signal.throwIfAborted();
    const step = await nextStep(
      { ...question, trusted, policies, holders },
      line.slice(position, position + reader.limits.maxStepCommits),
      behind,
    );
    // What one reader may read is not all that a line may have: the next batch goes on with another.
    const isBatch = 'code' in step && step.code === 'TRUST_LIMIT' && reader.isSpent && accepted.length > 0;
    if (isBatch) return { trusted, accepted, more: true };
    if ('code' in step) return { trusted, accepted, stopped: step };
    const { after, commits } = step;
    behind.extend(line.slice(position, position + commits));
    trusted = after;
    accepted.push(step);
    position += commits;
  }
  return trusted.commit === head ? { trusted, accepted } : { trusted, accepted, more: true };
}

type StepContext = WalkQuestion & Pick<StepQuestion, 'policies' | 'holders'>;

/** One commit; if that is not accepted, two to `maxStepCommits` of them as one step, shortest first. */
async function nextStep(
  context: StepContext,
  candidates: readonly ObjectId[],
  line: TrustedLine,
): Promise<AcceptedStep | WalkStop> {
  let stop: WalkStop | undefined;
  let stopSawApprovals = false;
  for (const [index, end] of candidates.entries()) {
    context.signal.throwIfAborted();
    const single = index === 0;
    const approvalsDiffer = await hasOtherApprovals(context, end);
    if (!single && !approvalsDiffer) continue;
    const report = await judge(context, end, single, line);
    if ('code' in report || report.stop !== undefined) {
      const found = 'code' in report ? report : report.stop;
      if (found !== undefined && 'isUnknownWalk' in report) return found;
      if (stop === undefined || (approvalsDiffer && !stopSawApprovals)) stop = found;
      stopSawApprovals ||= approvalsDiffer;
      continue;
    }
    const after = await stateAfter(context, end, report);
    return { commit: end, commits: index + 1, vouched: [...report.vouchers], after };
  }
  if (stop === undefined) throw new Error('a step was asked for without candidates');
  return stop;
}

async function stateAfter(
  { reader, trusted }: StepContext,
  commit: ObjectId,
  report: StepReport,
): Promise<TrustedState> {
  const history = await nextHistory(reader, trusted.history, trusted.commit, commit);
  // Approvals are bound to a version of the policy: those of an older one need not be remembered.
  const isNewPolicy = report.change.some(({ path }) => path.startsWith('trust/'));
  const { spent, ...rest } = trusted;
  const kept = isNewPolicy || spent === undefined ? rest : trusted;
  return withTime({ ...kept, commit, history }, report.lineTime ?? trusted);
}

async function judge(
  context: StepContext,
  end: ObjectId,
  single: boolean,
  line: TrustedLine,
): Promise<StepReport | WalkStop> {
  const { reader, policies, holders, trusted, nowSec, signal } = context;
  try {
    const clock = nowSec === undefined ? {} : { nowSec };
    const question = { reader, policies, holders, trusted, line, end, single, ...clock };
    return await judgeMerges(question, signal);
  } catch (error) {
    if (!isVerdict(error)) throw error;
    const path = error.position?.file;
    return {
      code: error.code,
      commit: end,
      message: error.message,
      vouched: [],
      missing: [],
      ...(path ? { path } : {}),
    };
  }
}

/** Several commits are one step by approvals only: without new ones there is nothing to judge. */
async function hasOtherApprovals({ reader, trusted }: StepContext, end: ObjectId): Promise<boolean> {
  try {
    return await approvalsDiffer(reader, trusted.commit, end);
  } catch (error) {
    if (isVerdict(error)) return false;
    throw error;
  }
}
