import { type Policy, rootRole } from '../policy/policy.ts';
import { countIn } from '../policy/requirement.ts';
import { type Evidence, timeProblem } from '../signature/evidence.ts';
import type { StepReport } from './step-types.ts';

/** Who vouches for an accepted step, by the names that another policy has for their keys. */
export interface VouchersUnder {
  /** Who signed it, if somebody did. */
  readonly signer: ReadonlySet<string>;
  /** Who signed or approved it. */
  readonly all: ReadonlySet<string>;
  /** One of root has signed it, and all of them together are enough for root. */
  readonly isRoot: boolean;
}

export function vouchersUnder(policy: Policy, report: StepReport): VouchersUnder {
  const atSec = report.lineTime?.lineTimeSec ?? 0;
  const name = (evidence: Evidence | undefined): string[] => {
    if (evidence?.sound !== true) return [];
    const { kind, lookup } = evidence.by.key;
    // On which pages it counts is the other policy's to say, and was not asked.
    if (kind === 'passkey') return [];
    const by = policy.keys.owned.find(({ key }) => key.kind === kind && key.lookup === lookup);
    return by === undefined || timeProblem({ ...evidence, by }, atSec) !== undefined ? [] : [by.principal];
  };
  const signer = new Set(name(report.signature));
  const approvers = report.approvals.flatMap(({ current, coming }) => name(current.sound ? current : coming));
  const all = new Set([...signer, ...approvers]);
  const root = policy.roles.get(rootRole);
  const isRoot = root !== undefined && countIn(root, signer) > 0 && countIn(root, all) >= root.threshold;
  return { signer, all, isRoot };
}
