/** A key as people name it, read by the very code that devices have. */

import { readOpenpgpKey } from '../trust/signature/openpgp-key.ts';
import { openpgpKeyNumbers } from '../trust/signature/openpgp-key-numbers.ts';
import { sshKeyNumbers } from '../trust/signature/ssh-key-numbers.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import type { TrustKey } from '../trust/signature/trust-key.ts';

export type KeyKind = 'openpgp' | 'ssh';

/**
 * @param text armored, or a line of a public key file
 * @throws Error that says why no device can trust it
 */
export async function readTrustable(kind: KeyKind, text: string): Promise<readonly TrustKey[]> {
  if (kind === 'ssh') {
    if (/^\S+-cert-v\d+@openssh\.com /.test(text))
      throw new Error('a certificate, not the public key itself');
    const key = readSshPublicKey(text);
    sshKeyNumbers(text);
    return [key];
  }
  const keys = await readOpenpgpKey(text);
  openpgpKeyNumbers(text);
  return keys;
}
