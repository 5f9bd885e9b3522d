import { TowlineError } from '../../errors.ts';
import { materialName, numbersOf } from '../signature/key-material.ts';
import type { TrustKey } from '../signature/trust-key.ts';
import { passkeyProblem } from './passkey-rules.ts';
import { type Policy, policyPath, rootRole, timestampRole } from './policy.ts';
import type { Role } from './rule.ts';

/** Keys with which forges sign what their buttons make: GitHub's web-flow, the old and the new one. */
export const forgeKeys: ReadonlySet<string> = new Set([
  '5DE3E0509C47EA3CF04A42D34AEE18F83AFDEB23',
  '968479A1AFF927E37D1A566BB5690EEEBB952194',
]);

/**
 * Refuses a policy that must not come into force.
 * @param lineTimeSec Keys that have expired by then do not count, seconds since the epoch.
 * @throws TowlineError TRUST_POLICY_SHARED_KEY, TRUST_POLICY_FORGE_KEY, TRUST_POLICY_THRESHOLD, TRUST_POLICY_PASSKEY
 */
export function assertUsablePolicy(policy: Policy, lineTimeSec: number): void {
  const owners = new Map<string, string>();
  for (const { principal, key } of policy.keys.owned) {
    if (forgeKeys.has(key.id))
      throw refused('TRUST_POLICY_FORGE_KEY', `${principal} has the forge's key ${key.id}`);
    // From walk 2 on by what the key is; before, by how it is written.
    const known = policy.walk >= 2 ? materialName(numbersOf(key.publicKey)) : key.lookup;
    const owner = owners.get(known);
    if (owner !== undefined && owner !== principal) {
      throw refused('TRUST_POLICY_SHARED_KEY', `key ${key.id} stands under ${owner} and ${principal}`);
    }
    owners.set(known, principal);
  }
  assertPasskeys(policy);
  for (const role of policy.roles.values()) {
    const able = ableOf(policy, role, lineTimeSec);
    if (able < role.threshold) {
      const message = `role ${role.name} needs ${role.threshold} and has ${able} with keys valid at line time`;
      throw refused('TRUST_POLICY_THRESHOLD', message);
    }
  }
}

/** How many of a role can vouch for one step. Of those who are left with passkeys one can: by the commit's signature, where that counts. */
function ableOf(policy: Policy, { name: role, principals }: Role, lineTimeSec: number): number {
  const others = [...principals].filter(name =>
    (policy.principals.get(name) ?? []).some(key => isUsable(key, lineTimeSec)),
  );
  const byPasskey =
    countsPasskeys(policy, role) &&
    [...principals].some(name => !others.includes(name) && policy.passkeys.has(name));
  return others.length + (byPasskey ? 1 : 0);
}

/** Whether they do in all that it is asked for: else somebody whose other keys have run out would leave it without anybody. */
function countsPasskeys({ rules }: Policy, role: string): boolean {
  if (role === rootRole || role === timestampRole) return false;
  return rules.every(({ roles, passkeys }) => passkeys === true || !roles.includes(role));
}

/** One key is of one kind: else what it may not do as a passkey it could as another. */
function assertPasskeys(policy: Policy): void {
  const materials = new Set<string>();
  for (const key of [...policy.principals.values()].flat())
    materials.add(materialName(numbersOf(key.publicKey)));
  for (const [principal, passkeys] of policy.passkeys) {
    for (const { key } of passkeys) {
      if (materials.has(materialName(numbersOf(key.publicKey))))
        throw refused(
          'TRUST_POLICY_PASSKEY',
          `key ${key.id} of ${principal} stands as a passkey and as another key`,
        );
    }
  }
  const hasOther = (name: string): boolean => (policy.principals.get(name) ?? []).length > 0;
  const { passkeys, webauthn, roles, rules } = policy;
  const problem = passkeyProblem({ passkeys, webauthn, roles, rules, hasOther });
  if (problem !== undefined) throw refused('TRUST_POLICY_PASSKEY', problem);
}

function isUsable(key: TrustKey, atSec: number): boolean {
  return !key.revoked && (key.expiresSec === undefined || key.expiresSec > atSec);
}

function refused(
  code:
    | 'TRUST_POLICY_SHARED_KEY'
    | 'TRUST_POLICY_FORGE_KEY'
    | 'TRUST_POLICY_THRESHOLD'
    | 'TRUST_POLICY_PASSKEY',
  message: string,
) {
  return new TowlineError(code, message, { position: { file: policyPath } });
}
