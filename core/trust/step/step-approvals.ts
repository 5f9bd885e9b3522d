import { TowlineError } from '../../errors.ts';
import { type ChangedPath, noMode } from '../git/change.ts';
import type { Policy } from '../policy/policy.ts';
import { unsound } from '../signature/evidence.ts';
import { type Approval, checkApproval, isLiveApproval } from './approval.ts';
import type { StepProblem, StepQuestion } from './step-types.ts';

export const approvalsFolder = 'approvals/';

interface ChangeWithApprovals {
  readonly policy: Policy;
  /** The policy that the step brings. */
  readonly coming: Policy | undefined;
  /** What the step changes, added approvals left out. */
  readonly change: readonly ChangedPath[];
  readonly added: readonly ChangedPath[];
}

/**
 * The approvals that a step adds, each found to be for this very step; or why one is not.
 * @throws TowlineError TRUST_LIMIT, and what the reader throws.
 */
export async function checkApprovals(
  question: StepQuestion,
  { policy, coming, change, added }: ChangeWithApprovals,
): Promise<Approval[] | StepProblem> {
  const { reader, line } = question;
  const { maxApprovals } = reader.limits;
  const touched = change.find(({ path, newMode }) => path.startsWith(approvalsFolder) && newMode !== noMode);
  if (touched !== undefined) {
    const problem = unsound('TRUST_APPROVAL_REPLAYED', `${touched.path} was used before and is changed`);
    return { ...problem, path: touched.path };
  }
  if (added.length > maxApprovals) {
    throw new TowlineError(
      'TRUST_LIMIT',
      `a step that adds ${added.length} approvals (limit ${maxApprovals})`,
    );
  }
  const approvals: Approval[] = [];
  for (const file of added) {
    if (question.trusted.spent?.includes(file.path) === true) {
      const message = `${file.path} was used before, under another commit of this history`;
      return { ...unsound('TRUST_APPROVAL_REPLAYED', message), path: file.path };
    }
    const isComingUnknown = coming === undefined && change.some(({ path }) => path.startsWith('trust/'));
    const isBase = (id: string) => line.has(id);
    const context = { reader, policy, comingPolicy: coming, isComingUnknown, change, isBase };
    const approval = await checkApproval(file, context);
    if ('sound' in approval) return { ...approval, path: file.path };
    if (approval.current.sound || approval.coming?.sound === true) approvals.push(approval);
  }
  return approvals;
}

/** Root may remove approvals, but none that could then be used again. */
export async function pruneProblem(
  { reader, trusted }: StepQuestion,
  { policy, change }: { readonly policy: Policy; readonly change: readonly ChangedPath[] },
): Promise<StepProblem | undefined> {
  for (const removed of change.filter(({ path }) => path.startsWith(approvalsFolder))) {
    if (await isLiveApproval(reader, removed.oldId, policy, trusted.lineTimeSec)) {
      const problem = unsound('TRUST_APPROVAL_PRUNED_EARLY', `${removed.path} is still valid and is removed`);
      return { ...problem, path: removed.path };
    }
  }
  return undefined;
}
