import { isTowlineError } from '../../errors.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { deviceKeyProblem } from '../holders/device-key-problem.ts';
import { type Policy, policyPath, rootRole } from '../policy/policy.ts';
import { assertUsablePolicy } from '../policy/policy-problem.ts';
import { countIn } from '../policy/requirement.ts';
import { unsound } from '../signature/evidence.ts';
import type { StepProblem } from './step-types.ts';

export interface PolicyChange {
  readonly reader: ObjectReader;
  /** The commit that brings the policy. */
  readonly commit: ObjectId;
  readonly policy: Policy;
  readonly coming: Policy;
  /** Who approved under the coming policy. */
  readonly comingVouchers: ReadonlySet<string>;
  readonly lineTimeSec: number;
  /** On another line the version may have been raised several times. */
  readonly mayLeap: boolean;
}

/**
 * What stands against a step that changes trust/**, beyond the vouchers of the root in force.
 * @throws TowlineError what the reader throws.
 */
export async function policyChangeProblem(question: PolicyChange): Promise<StepProblem | undefined> {
  const { policy, coming } = question;
  const isNext = coming.version === policy.version + 1;
  if (!isNext && !(question.mayLeap && coming.version > policy.version)) {
    const message = `version ${coming.version} follows ${policy.version}; it must be ${policy.version + 1}`;
    return { ...unsound('TRUST_POLICY_VERSION', message), path: policyPath };
  }
  if (coming.walk < policy.walk) {
    const message = `walk ${coming.walk} follows ${policy.walk}; it is never lowered`;
    return { ...unsound('TRUST_POLICY_WALK', message), path: policyPath };
  }
  if (coming.fleet !== policy.fleet) {
    return {
      ...unsound('TRUST_POLICY_INVALID', `the fleet ${policy.fleet} cannot be renamed`),
      path: policyPath,
    };
  }
  try {
    assertUsablePolicy(coming, question.lineTimeSec);
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    return { ...unsound(error.code, error.message), path: policyPath };
  }
  // A policy that raises the walk is asked about all its keys: before, some spellings went unseen.
  const kept = coming.walk > policy.walk ? [] : policy.keys.owned;
  const known = new Set(kept.map(({ key }) => key.lookup));
  const gained = coming.keys.owned.filter(({ key }) => !known.has(key.lookup));
  const deviceKey = await deviceKeyProblem(question.reader, question.commit, gained, coming.walk);
  if (deviceKey !== undefined) return { ...unsound('TRUST_POLICY_DEVICE_KEY', deviceKey), path: policyPath };
  return rootProblem(question);
}

/** A new root must show that it can act before the old one lets go. */
function rootProblem({ policy, coming, comingVouchers }: PolicyChange): StepProblem | undefined {
  const root = coming.roles.get(rootRole);
  if (root === undefined || rootIdentity(policy) === rootIdentity(coming)) return undefined;
  if (countIn(root, comingVouchers) >= root.threshold) return undefined;
  const missing = [...root.principals].filter(principal => !comingVouchers.has(principal));
  const vouched = countIn(root, comingVouchers);
  return {
    ...unsound(
      'TRUST_ROOT_CHANGE',
      `root changes, and as it will be it needs ${root.threshold} of ${[...root.principals].join(', ')}; ${vouched} vouched`,
    ),
    path: policyPath,
    missing: [`approval of ${root.threshold - vouched} more of the new root (${missing.join(', ')})`],
  };
}

function rootIdentity(policy: Policy): string {
  const root = policy.roles.get(rootRole);
  const keys = [...(root?.principals ?? [])].map(name => [
    name,
    (policy.principals.get(name) ?? []).map(key => `${key.kind} ${key.lookup}`).sort(),
  ]);
  return JSON.stringify([root?.threshold, keys.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))]);
}
