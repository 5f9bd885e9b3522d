import {
  advanceLineTime,
  type LineTime,
  lineTimeAt,
  movesTime,
  type VouchedTime,
} from '../line/line-time.ts';
import type { Policy } from '../policy/policy.ts';
import { type Evidence, showTime, timeProblem, unsound, voiceOf } from '../signature/evidence.ts';
import { type Approval, approvalTimeProblem } from './approval.ts';
import type { StepProblem } from './step-types.ts';

/** A signed time may lie this far before line time, seconds. */
export const timeSlackSec = 10 * 60;
/** A signed time may lie this far after the checker's clock, seconds. */
export const futureSlackSec = 10 * 60;

/** Who vouches for a step, once time is judged: by their voices. */
export interface Vouchers {
  /** Under the policy in force. */
  readonly current: ReadonlySet<string>;
  /** Under the policy that the step brings; approvals only. */
  readonly coming: ReadonlySet<string>;
  /** The commit's signature, time judged. */
  readonly signature: Evidence;
  /** Line time after the step. */
  readonly lineTime: LineTime;
}

export interface VoucherQuestion {
  readonly policy: Policy;
  readonly lineTime: LineTime;
  /** `time` of the policy that the step brings, where it is new: root's way back, seconds since the epoch. */
  readonly resetSec: number | undefined;
  /** Committer time, seconds since the epoch. */
  readonly signedSec: number;
  readonly signature: Evidence;
  readonly approvals: readonly Approval[];
  readonly nowSec: number | undefined;
}

/** Judges signature and approvals at line time, and says what line time is after them. */
export function collectVouchers(question: VoucherQuestion): Vouchers | StepProblem {
  const { approvals, policy, resetSec, signedSec } = question;
  const before = resetSec === undefined ? question.lineTime : lineTimeAt(resetSec);
  const signature = signatureAtTime(question, before);
  const vouched: VouchedTime[] = approvals
    .filter(({ current }) => current.sound)
    .map(({ principal, statement }) => ({ principal, timeSec: statement.timeSec }));
  // Whoever owns a gateway dates what a page has signed: two such dates would end a fleet.
  const saysTime = signature.sound && signature.by.key.kind !== 'passkey';
  if (saysTime) vouched.push({ principal: signature.by.principal, timeSec: signedSec });
  const early = futureProblem(question, signature) ?? doubtProblem(question, signature);
  if (early !== undefined) return early;
  const judgedSec = stepTime(before, vouched, policy);
  for (const approval of approvals) {
    const problem = approvalTimeProblem(approval, judgedSec);
    if (problem !== undefined) return { ...problem, path: approval.path };
  }
  const sound = (evidence: Evidence | undefined): boolean =>
    evidence?.sound === true && timeProblem(evidence, judgedSec) === undefined;
  const current = approvals.filter(approval => sound(approval.current)).map(({ principal }) => principal);
  const coming = approvals.filter(approval => sound(approval.coming)).map(({ principal }) => principal);
  if (signature.sound) current.push(voiceOf(signature.by));
  const lineTime = resetSec === undefined ? advanceLineTime(before, vouched, policy) : before;
  return { current: new Set(current), coming: new Set(coming), signature, lineTime };
}

/** An approval has expired when line time, or anybody whose word for a time counts in this very step, says so. */
function stepTime(before: LineTime, vouched: readonly VouchedTime[], policy: Policy): number {
  const counted = vouched.filter(({ principal }) => policy.walk < 2 || movesTime(policy, principal));
  return Math.max(before.lineTimeSec, ...counted.map(({ timeSec }) => timeSec));
}

/** For those who check before devices do: devices' clocks decide nothing. */
function futureProblem(
  { nowSec, resetSec, approvals, signedSec }: VoucherQuestion,
  signature: Evidence,
): StepProblem | undefined {
  if (nowSec === undefined) return undefined;
  const times = approvals.map(({ statement }) => statement.timeSec);
  const newestSec = Math.max(resetSec ?? 0, signature.sound ? signedSec : 0, ...times);
  if (newestSec <= nowSec + futureSlackSec) return undefined;
  return unsound(
    'TRUST_TIME_FUTURE',
    `signed time ${showTime(newestSec)} lies after ${showTime(nowSec)}, by the clock of this machine`,
  );
}

/** Before walk 2 devices do not look; a key that gpg calls revoked signs nothing new all the same. */
function doubtProblem({ nowSec, approvals }: VoucherQuestion, signature: Evidence): StepProblem | undefined {
  if (nowSec === undefined) return undefined;
  for (const evidence of [signature, ...approvals.map(({ current }) => current)]) {
    const why = evidence.sound ? evidence.by.key.doubt?.revoked : undefined;
    if (evidence.sound && why !== undefined) {
      return unsound('TRUST_KEY_REVOKED', `key ${evidence.by.key.id} of ${evidence.by.principal}: ${why}`);
    }
  }
  return undefined;
}

function signatureAtTime(
  { signature, signedSec, policy, approvals }: VoucherQuestion,
  { lineTimeSec }: LineTime,
): Evidence {
  if (!signature.sound) return signature;
  if (signedSec < lineTimeSec - timeSlackSec) {
    const times = `${showTime(signedSec)} lies before line time ${showTime(lineTimeSec)}`;
    return unsound('TRUST_TIME_BACKWARDS', `signed by ${signature.by.principal}, but its time ${times}`);
  }
  // Until walk 2 approvals moved the time at which the signature beside them was judged.
  const others = policy.walk < 2 ? approvals.map(({ statement }) => statement.timeSec) : [];
  return timeProblem(signature, Math.max(lineTimeSec, signedSec, ...others)) ?? signature;
}
