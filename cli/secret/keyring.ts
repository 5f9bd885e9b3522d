/** The person's own keyring opens data keys: gpg is asked, and no private key comes near this program. */
import { TowlineError } from '../../core/errors.ts';
import type { SecretMetadata } from '../../core/secrets/metadata.ts';
import { gpgDecrypt } from '../desk/gpg-decrypt.ts';

const dataKeyBytes = 32;

/**
 * The data key, opened with the first recipient's key that this keyring has.
 * @returns 32 bytes
 * @throws TowlineError SECRET_KEYRING
 */
export async function openDataKey({ recipients }: SecretMetadata): Promise<Buffer> {
  let why = '';
  for (const { encryptedKey } of recipients) {
    const { data, complaint } = await gpgDecrypt(encryptedKey);
    if (data?.length === dataKeyBytes) return data;
    why = complaint.trim().split('\n').at(-1) ?? '';
  }
  const names = recipients.map(({ fingerprint }) => fingerprint).join(', ');
  throw new TowlineError('SECRET_KEYRING', `none of ${names} opens: ${why}`);
}
