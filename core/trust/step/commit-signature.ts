import { passkeyEvidence } from '../../webauthn/passkey-evidence.ts';
import type { Commit, CommitSignature } from '../git/commit-object.ts';
import type { Policy } from '../policy/policy.ts';
import { readArmor } from '../signature/armor.ts';
import { type Evidence, unsound } from '../signature/evidence.ts';
import { checkSignature, maxSignatureCharacters } from '../signature/signature.ts';
import { readSshBlob, type SshBlob } from '../signature/ssh-blob.ts';
import { finalTrailers, isMeantForMain, joinToken } from './intent.ts';

/**
 * Checks the signature of a commit by any key of the policy: passkeys count here, and nowhere else. Does not throw, asks no
 * clock; whether the commit is meant for main is not judged.
 */
export function checkCommitSignature({ armored, payload }: CommitSignature, policy: Policy): Evidence {
  const blob = policy.passkeys.size === 0 ? undefined : sshBlobOf(armored);
  const by = blob === undefined ? undefined : policy.keys.byPasskey(blob.wire.toString('base64'));
  return blob === undefined || by === undefined
    ? checkSignature(armored, payload, policy.keys, 'git')
    : passkeyEvidence(blob, payload, by, policy.webauthn);
}

/** What the signature of a commit proves for main, as the policy in force has it. */
export function mainSignature(commit: Commit, policy: Policy): Evidence {
  if (commit.signature === undefined) return unsound('TRUST_UNSIGNED', 'the commit is not signed');
  const evidence = checkCommitSignature(commit.signature, policy);
  if (!evidence.sound) return evidence;
  const { principal, key } = evidence.by;
  const { fleet, walk, intent } = policy;
  if (intent === 'main' && !isMeantForMain(commit.message, fleet, walk))
    return unsound('TRUST_NOT_FOR_MAIN', `signed by ${principal}, but not for ${fleet}/main`);
  const joins = key.kind === 'passkey' ? joinProblem(commit, walk) : undefined;
  return joins === undefined
    ? evidence
    : unsound('TRUST_PASSKEY_SIGNATURE', `signed by passkey ${key.id} of ${principal}, and ${joins}`);
}

/** Who brings lines together answers for both of them, which is more than a passkey is for. */
function joinProblem({ parents, message }: Commit, walk: number): string | undefined {
  if (parents.length !== 1) return `it has ${parents.length} parents: a passkey signs no merge`;
  const joins = finalTrailers(message, walk).some(({ token }) => token === joinToken);
  return joins ? `it says ${joinToken}: a passkey brings no lines together` : undefined;
}

/** Undefined for any other signature, or none. */
function sshBlobOf(armored: string): SshBlob | undefined {
  if (armored.length > maxSignatureCharacters) return undefined;
  const bytes = readArmor(armored, 'SSH SIGNATURE');
  try {
    return bytes === undefined ? undefined : readSshBlob(bytes);
  } catch {
    return undefined;
  }
}
