import { messageOf } from '../errors/cause.ts';
import { type Evidence, unsound } from '../trust/signature/evidence.ts';
import { type SshBlob, sshSignedMessage } from '../trust/signature/ssh-blob.ts';
import type { OwnedKey } from '../trust/signature/trust-key.ts';
import { assertionProblem, type PasskeyRules } from './assertion.ts';
import { isOfWebauthn, readSshAssertion } from './ssh-assertion.ts';

/** What a commit's signature by a passkey proves. Does not throw. @param rules of the policy that has the passkey */
export function passkeyEvidence(
  blob: SshBlob,
  payload: Uint8Array,
  by: OwnedKey,
  rules: PasskeyRules | undefined,
): Evidence {
  const problem = problemOf(blob, payload, by, rules);
  if (problem === undefined) return { sound: true, by };
  const message = `the signature of passkey ${by.key.id} of ${by.principal} does not count: ${problem}`;
  return unsound('TRUST_PASSKEY_SIGNATURE', message);
}

function problemOf(
  blob: SshBlob,
  payload: Uint8Array,
  { key }: OwnedKey,
  rules: PasskeyRules | undefined,
): string | undefined {
  if (rules === undefined) return 'the policy names no page on which passkeys sign';
  if (blob.namespace !== 'git' || blob.reserved.length > 0) return 'it is not for a commit';
  if (!isOfWebauthn(blob.signature)) return 'it is of another kind than browsers make';
  try {
    const assertion = readSshAssertion(blob.signature, key.application ?? '');
    return assertionProblem(assertion, key, { ...rules, challenge: sshSignedMessage(blob, payload) });
  } catch (error) {
    return `it has ${messageOf(error)}`;
  }
}
