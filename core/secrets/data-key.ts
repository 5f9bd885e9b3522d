/** The data key of a SOPS file as an OpenPGP message to each recipient. openpgp is loaded when first needed: 50 ms, 13 MB. */
import { TowlineError } from '../errors.ts';
import type { Recipient, SecretMetadata } from './metadata.ts';

const dataKeyBytes = 32;

/**
 * @param publicKeys armored, one for each recipient; an encryption subkey that is valid at `date` is used.
 * @throws SECRET_UNSUPPORTED when a key cannot encrypt.
 */
export async function encryptDataKey(
  dataKey: Uint8Array,
  publicKeys: readonly string[],
  date: Date,
): Promise<Recipient[]> {
  const openpgp = await import('openpgp');
  return Promise.all(
    publicKeys.map(async armoredKey => {
      try {
        const key = await openpgp.readKey({ armoredKey });
        const message = await openpgp.createMessage({ binary: dataKey });
        const encryptedKey = await openpgp.encrypt({ message, encryptionKeys: key, date });
        const createdAt = `${date.toISOString().slice(0, 19)}Z`;
        return {
          createdAt,
          encryptedKey: String(encryptedKey),
          fingerprint: key.getFingerprint().toUpperCase(),
        };
      } catch (error) {
        throw new TowlineError('SECRET_UNSUPPORTED', 'a recipient key cannot encrypt', { cause: error });
      }
    }),
  );
}

/**
 * @param privateKey armored, without passphrase: the device's own, or a person's exported for one command.
 * @throws SECRET_NO_KEY, SECRET_NOT_A_RECIPIENT, SECRET_MALFORMED
 */
export async function decryptDataKey(metadata: SecretMetadata, privateKey: string): Promise<Uint8Array> {
  const openpgp = await import('openpgp');
  const key = await openpgp.readPrivateKey({ armoredKey: privateKey }).catch(() => {
    throw new TowlineError('SECRET_NO_KEY', 'the private key cannot be read');
  });
  const fingerprints = [key, ...key.getSubkeys()].map(part => part.getFingerprint().toUpperCase());
  const mine = metadata.recipients.filter(recipient =>
    fingerprints.some(fingerprint => fingerprint.endsWith(recipient.fingerprint)),
  );
  for (const recipient of mine) {
    try {
      const message = await openpgp.readMessage({ armoredMessage: recipient.encryptedKey });
      // Expiry decides who may be encrypted to, not what may be read: an old file still opens.
      const { data } = await openpgp.decrypt({ message, decryptionKeys: key, format: 'binary' });
      if (data instanceof Uint8Array && data.length === dataKeyBytes) return data;
    } catch (error) {
      throw new TowlineError('SECRET_MALFORMED', 'the data key of this recipient does not open', {
        cause: error,
      });
    }
  }
  throw new TowlineError('SECRET_NOT_A_RECIPIENT', `the file is not encrypted to ${fingerprints[0]}`);
}
