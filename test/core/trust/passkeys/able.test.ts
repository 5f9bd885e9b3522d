/** Who can act for a role: a passkey counts only where rules count passkeys, also of one whose other keys have run out. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import type { Policy } from '../../../../core/trust/policy/policy.ts';
import { loadPolicy } from '../../../../core/trust/policy/policy-load.ts';
import { assertUsablePolicy } from '../../../../core/trust/policy/policy-problem.ts';
import {
  makePasskeyPeople,
  narrowRule,
  type PasskeyPolicy,
  passkeyLine,
  startSec,
} from '../../../rig/passkey-line.ts';

const people = makePasskeyPeople();

/** Where the keys of dora that are no passkey have expired a day before. */
async function withoutOldKeys(options: PasskeyPolicy): Promise<Policy> {
  const line = passkeyLine(people, options);
  const policy = await loadPolicy(new ObjectReader(line.repository), line.anchor, new Map());
  const old = (policy.principals.get('dora') ?? []).map(key => ({ ...key, expiresSec: startSec - 86_400 }));
  return { ...policy, principals: new Map([...policy.principals, ['dora', old]]) };
}

const dora = ['root: { principals: [alice] }', 'deploy: { principals: [alice, bob] }'];

describe('a role whose one person has a passkey, and other keys that have expired', () => {
  const refused: readonly [name: string, options: PasskeyPolicy, role: string][] = [
    [
      'is root: nobody could ever change trust again',
      {
        roles: [
          'root: { principals: [dora] }',
          'deploy: { principals: [alice, bob] }',
          'portal: { principals: [carol] }',
        ],
      },
      'root',
    ],
    [
      'stamps',
      { roles: [...dora, 'portal: { principals: [carol] }', 'timestamp: { principals: [dora] }'] },
      'timestamp',
    ],
    [
      'is named by a rule that counts no passkeys',
      {
        roles: [...dora, 'portal: { principals: [carol] }', 'groups: { principals: [dora] }'],
        rules: [narrowRule, '{ paths: ["groups/**"], roles: [groups] }'],
      },
      'groups',
    ],
    [
      'is named by one that does, and by one that does not',
      {
        roles: [...dora, 'portal: { principals: [dora] }'],
        rules: [narrowRule, '{ paths: ["groups/**"], roles: [portal] }'],
      },
      'portal',
    ],
  ];
  for (const [name, options, role] of refused)
    test(`is refused where it ${name}`, async () => {
      const policy = await withoutOldKeys(options);
      const why = new RegExp(`role ${role} needs 1 and has 0 with keys valid at line time`);
      assert.throws(() => assertUsablePolicy(policy, startSec), {
        code: 'TRUST_POLICY_THRESHOLD',
        message: why,
      });
    });

  test('is taken where passkeys are all that its rules ask for', async () => {
    const policy = await withoutOldKeys({ roles: [...dora, 'portal: { principals: [dora, carol] }'] });
    assert.doesNotThrow(() => assertUsablePolicy(policy, startSec));
  });
});
