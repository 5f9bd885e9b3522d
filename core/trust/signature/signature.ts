import { type Evidence, unsound } from './evidence.ts';
import { checkOpenpgpSignature } from './openpgp-signature.ts';
import type { SshNamespace } from './ssh-blob.ts';
import { checkSshSignature } from './ssh-signature.ts';
import type { KeyRing } from './trust-key.ts';

/** Longer armored signatures are refused unread, characters. */
export const maxSignatureCharacters = 16 * 1024;

/** Checks a detached armored signature, OpenPGP or SSH, over a payload. Does not throw, asks no clock. */
export function checkSignature(
  armored: string,
  payload: Uint8Array,
  keys: KeyRing,
  namespace: SshNamespace,
): Evidence {
  if (armored.length > maxSignatureCharacters) {
    return unsound('TRUST_SIGNATURE_FORMAT', `a signature of ${armored.length} characters`);
  }
  if (armored.startsWith('-----BEGIN PGP SIGNATURE-----'))
    return checkOpenpgpSignature(armored, payload, keys);
  if (armored.startsWith('-----BEGIN SSH SIGNATURE-----')) {
    return checkSshSignature(armored, payload, keys, namespace);
  }
  return unsound('TRUST_SIGNATURE_FORMAT', 'a signature that is neither OpenPGP nor SSH');
}
