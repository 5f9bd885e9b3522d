import { isTowlineError } from '../../errors.ts';
import { type ChangedPath, changeBetween, noMode } from '../git/change.ts';
import { takenAtWalk } from '../git/commit-object.ts';
import { HolderIndex } from '../holders/holder-index.ts';
import { loginKeyProblem } from '../holders/login-passkeys.ts';
import { takeoverRequirements } from '../holders/takeover.ts';
import { movesTime, timeAfterRoot } from '../line/line-time.ts';
import { type Policy, policyPath } from '../policy/policy.ts';
import { loadPolicy } from '../policy/policy-load.ts';
import {
  isSatisfied,
  missingFor,
  type Requirement,
  requirementsOf,
  vouchedOf,
} from '../policy/requirement.ts';
import { showTime, unsound } from '../signature/evidence.ts';
import type { Approval } from './approval.ts';
import { mainSignature } from './commit-signature.ts';
import { policyChangeProblem } from './policy-change.ts';
import { releaseChangeProblem } from './release-change.ts';
import { approvalsFolder, checkApprovals, pruneProblem } from './step-approvals.ts';
import type { StepProblem, StepQuestion, StepReport } from './step-types.ts';
import { collectVouchers, type Vouchers } from './vouchers.ts';

/** What is known of a step while it is judged. */
interface Judged {
  readonly policy: Policy;
  readonly coming: Policy | undefined;
  readonly change: readonly ChangedPath[];
  readonly approvals: readonly Approval[];
  readonly vouchers: Vouchers;
}

/**
 * Judges one step by the policy in the trusted commit.
 * @throws TowlineError what the reader throws; malformed objects and limits are among them.
 */
export async function judgeStep(question: StepQuestion): Promise<StepReport> {
  const { reader, policies, end } = question;
  try {
    return await judgeKnown(question, () => loadPolicy(reader, end, policies));
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_WALK_UNKNOWN')) throw error;
    const { stop, lineTime: _, ...report } = await judgeKnown(question, async () => undefined);
    const problem = { ...unsound(error.code, error.message), path: policyPath };
    const unknown = { ...report, stop: stopAt(question, problem, report.vouchers) };
    return stop === undefined ? { ...unknown, isUnknownWalk: true } : unknown;
  }
}

/** @param readComing The policy that the step brings; undefined where it is of a walk that is not known. */
async function judgeKnown(
  question: StepQuestion,
  readComing: () => Promise<Policy | undefined>,
): Promise<StepReport> {
  const { reader, trusted, policies, end } = question;
  const policy = await loadPolicy(reader, trusted.commit, policies);
  const commit = takenAtWalk(await reader.commit(end), policy.walk);
  const whole = await changeBetween(reader, (await reader.commit(trusted.commit)).tree, commit.tree);
  const isAdded = ({ path, oldMode }: ChangedPath): boolean =>
    path.startsWith(approvalsFolder) && oldMode === noMode;
  const isLeftOut = ({ path }: ChangedPath): boolean =>
    question.signatureOnly === true && path.startsWith(approvalsFolder);
  const change = whole.filter(entry => !isAdded(entry) && !isLeftOut(entry));
  const signature = question.single
    ? mainSignature(commit, policy)
    : unsound('TRUST_UNSIGNED', 'several commits as one step are vouched for by approvals only');
  const nobody = new Set<string>();
  const report = { change, requirements: [], signature, approvals: [], vouchers: nobody };
  const trustChanges = change.some(({ path }) => path.startsWith('trust/'));
  const coming = trustChanges ? await readComing() : undefined;
  const approvals = await checkApprovals(question, {
    policy,
    coming,
    change,
    added: question.signatureOnly === true ? [] : whole.filter(isAdded),
  });
  if (!Array.isArray(approvals)) return { ...report, stop: stopAt(question, approvals, nobody) };
  const resetSec = newTime(policy, coming);
  if (resetSec !== undefined && resetSec < trusted.trustSec) {
    return { ...report, approvals, stop: stopAt(question, resetProblem(resetSec, trusted.trustSec), nobody) };
  }
  const vouchers = collectVouchers({
    policy,
    lineTime: trusted,
    resetSec,
    signedSec: commit.committer.timeSec,
    signature,
    approvals,
    nowSec: question.nowSec,
  });
  if ('sound' in vouchers) return { ...report, approvals, stop: stopAt(question, vouchers, nobody) };
  return judgeVouchers(question, { policy, coming, change, approvals, vouchers });
}

/** `time` that the policy in force does not have. Who knows the word knows walk 2: it counts in the step that raises the walk, too. */
function newTime(policy: Policy, coming: Policy | undefined): number | undefined {
  return coming?.timeSec === policy.timeSec ? undefined : coming?.timeSec;
}

function resetProblem(resetSec: number, trustSec: number): StepProblem {
  const message = `time ${showTime(resetSec)} lies before ${showTime(trustSec)}, when trust/ was last changed`;
  return { ...unsound('TRUST_POLICY_TIME', message), path: policyPath };
}

async function judgeVouchers(question: StepQuestion, judged: Judged): Promise<StepReport> {
  const { policy, change, approvals, vouchers } = judged;
  const requirements: Requirement[] = [];
  for (const entry of change) requirements.push(...(await requirementsOf(question.reader, entry, policy)));
  requirements.push(...(await takeovers(question, judged)));
  const report = {
    change,
    requirements,
    approvals,
    signature: vouchers.signature,
    vouchers: vouchers.current,
  };
  const open = requirements.find(requirement => !isSatisfied(requirement, vouchers.current));
  const problem =
    (open === undefined ? undefined : openProblem(open, vouchers)) ??
    (change.length === 0 ? emptyProblem(policy, vouchers) : undefined) ??
    (await pruneProblem(question, judged)) ??
    (await releaseChangeProblem(question, judged)) ??
    (await trustProblem(question, judged));
  if (problem !== undefined) return { ...report, stop: stopAt(question, problem, vouchers.current) };
  const { lineTime } = vouchers;
  const { coming } = judged;
  return { ...report, lineTime: coming === undefined ? lineTime : timeAfterRoot(lineTime, policy, coming) };
}

/** Ids and keys that the step takes from others. */
function takeovers(question: StepQuestion, judged: Judged): Promise<Requirement[]> {
  const { reader, trusted, end, holders = new HolderIndex() } = question;
  const { policy, coming, change } = judged;
  const places = { from: trusted.commit, to: end, change, isWhole: true };
  return takeoverRequirements({ reader, policy, coming, ...places, holders });
}

function openProblem(open: Requirement, { current, signature }: Vouchers): StepProblem {
  const missing = missingFor(open, current);
  const place = open.pointer === undefined ? open.path : `${open.path} at ${open.pointer}`;
  const because = open.because === undefined ? '' : `: ${open.because}`;
  const unfit = (open.stepProblems ?? []).map(problem => `; ${problem}`).join('');
  const why = `${because}${unfit}${signature.sound ? '' : ` (${signature.message})`}`;
  const found = { path: open.path, missing };
  if (current.size === 0) {
    const { code, message } = signature.sound ? unsound('TRUST_UNSIGNED', 'nobody vouches') : signature;
    return { ...unsound(code, `${message}; ${place} changes${because}`), ...found };
  }
  const names = [...current].join(', ');
  if (open.fieldProblem !== undefined) {
    return {
      ...unsound('TRUST_FIELD_FILE', `${place} cannot be judged by field: ${open.fieldProblem}`),
      ...found,
    };
  }
  if (open.roles.some(role => vouchedOf(open, role, current).length > 0)) {
    return { ...unsound('TRUST_THRESHOLD', `${place} needs more than ${names}${why}`), ...found };
  }
  const byPasskey = signature.sound && signature.by.key.kind === 'passkey' && open.passkeys === undefined;
  const hint = byPasskey ? '; no rule counts passkeys there' : '';
  return { ...unsound('TRUST_WRONG_PATH', `${names} may not change ${place}${hint}${why}`), ...found };
}

/** Else anyone could move time. */
function emptyProblem(policy: Policy, { signature }: Vouchers): StepProblem | undefined {
  if (!signature.sound) return unsound('TRUST_EMPTY_STEP', `nothing changes, and ${signature.message}`);
  const { principal, key } = signature.by;
  if (key.kind === 'passkey')
    return unsound('TRUST_EMPTY_STEP', `nothing changes, and ${principal} signed by a passkey`);
  return movesTime(policy, principal)
    ? undefined
    : unsound('TRUST_EMPTY_STEP', `nothing changes, and ${principal} may change nothing`);
}

async function trustProblem(question: StepQuestion, judged: Judged): Promise<StepProblem | undefined> {
  const login = await loginKeyProblem({ ...judged, reader: question.reader, end: question.end });
  if (login !== undefined) return { ...unsound('TRUST_POLICY_PASSKEY', login), path: policyPath };
  if (judged.coming === undefined) return undefined;
  return policyChangeProblem({
    reader: question.reader,
    commit: question.end,
    policy: judged.policy,
    coming: judged.coming,
    comingVouchers: judged.vouchers.coming,
    mayLeap: question.signatureOnly === true,
    lineTimeSec: judged.vouchers.lineTime.lineTimeSec,
  });
}

function stopAt(
  question: StepQuestion,
  problem: StepProblem,
  vouchers: ReadonlySet<string>,
): NonNullable<StepReport['stop']> {
  return {
    code: problem.code,
    commit: question.end,
    message: problem.message,
    vouched: [...vouchers],
    missing: problem.missing ?? [],
    ...(problem.path === undefined ? {} : { path: problem.path }),
  };
}
