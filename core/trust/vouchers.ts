import { type Approval, approvalTimeProblem } from './approval.ts';
import { type Evidence, showTime, timeProblem, unsound } from './evidence.ts';
import type { StepProblem } from './step-types.ts';

/** A signed time may lie this far before line time, seconds. */
export const timeSlackSec = 10 * 60;
/** A signed time may lie this far after the checker's clock, seconds. */
export const futureSlackSec = 24 * 3600;

/** Who vouches for a step, once time is judged. */
export interface Vouchers {
  /** Under the policy in force. */
  readonly current: ReadonlySet<string>;
  /** Under the policy that the step brings; approvals only. */
  readonly coming: ReadonlySet<string>;
  /** The commit's signature, time judged. */
  readonly signature: Evidence;
  /** Line time after the step, seconds since the epoch. */
  readonly lineTimeSec: number;
}

export interface VoucherQuestion {
  readonly lineTimeSec: number;
  /** Committer time, seconds since the epoch. */
  readonly signedSec: number;
  readonly signature: Evidence;
  readonly approvals: readonly Approval[];
  readonly nowSec: number | undefined;
}

/** Judges signature and approvals at line time, which they themselves may move on. */
export function collectVouchers(question: VoucherQuestion): Vouchers | StepProblem {
  const { approvals } = question;
  const approvedSec = Math.max(question.lineTimeSec, ...approvals.map(({ statement }) => statement.timeSec));
  const signature = signatureAtTime(question, approvedSec);
  const lineTimeSec = signature.sound ? Math.max(approvedSec, question.signedSec) : approvedSec;
  if (question.nowSec !== undefined && lineTimeSec > question.nowSec + futureSlackSec) {
    return unsound(
      'TRUST_TIME_FUTURE',
      `signed time ${showTime(lineTimeSec)} lies after ${showTime(question.nowSec)}`,
    );
  }
  for (const approval of approvals) {
    const problem = approvalTimeProblem(approval, lineTimeSec);
    if (problem !== undefined) return { ...problem, path: approval.path };
  }
  const sound = (evidence: Evidence | undefined): boolean =>
    evidence?.sound === true && timeProblem(evidence, lineTimeSec) === undefined;
  const current = approvals.filter(approval => sound(approval.current)).map(({ principal }) => principal);
  const coming = approvals.filter(approval => sound(approval.coming)).map(({ principal }) => principal);
  if (signature.sound) current.push(signature.by.principal);
  return { current: new Set(current), coming: new Set(coming), signature, lineTimeSec };
}

function signatureAtTime(
  { signature, signedSec, lineTimeSec }: VoucherQuestion,
  approvedSec: number,
): Evidence {
  if (!signature.sound) return signature;
  if (signedSec < lineTimeSec - timeSlackSec) {
    const times = `${showTime(signedSec)} lies before line time ${showTime(lineTimeSec)}`;
    return unsound('TRUST_TIME_BACKWARDS', `signed by ${signature.by.principal}, but its time ${times}`);
  }
  return timeProblem(signature, Math.max(approvedSec, signedSec)) ?? signature;
}
