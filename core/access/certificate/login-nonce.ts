import { createHash } from 'node:crypto';
import { sshString } from '../../trust/signature/ssh-wire.ts';

/**
 * The `nonce` with which a person asks their provider for a token, so that the token is for this key and no other: whoever steals
 * it has a token for a key that they do not have.
 * @param key wire form of the key that a certificate is wanted for
 * @param salt at least 16 random bytes
 */
export function loginNonce(key: Uint8Array, salt: Uint8Array): string {
  const parts = [sshString('towline-login'), sshString(key), sshString(salt)];
  return createHash('sha256').update(Buffer.concat(parts)).digest('base64url');
}

export const minSaltBytes = 16;
