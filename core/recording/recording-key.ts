/**
 * The key of one recording, as one OpenPGP message to all auditors: public keys are reckoned with once, not for each chunk.
 * openpgp is loaded when the first recording begins.
 */
import { messageOf } from '../errors/cause.ts';
import { TowlineError } from '../errors.ts';
import { boxKeyBytes } from './chunk-box.ts';

export interface SealedKey {
  /** Base64 of the message: `gpg --decrypt` opens it. */
  readonly message: string;
  readonly fingerprints: readonly string[];
}

/**
 * @param auditors armored public keys: all of them, or it fails
 * @param date at which they have to be valid
 * @throws TowlineError RECORDING_NO_AUDITORS, RECORDING_AUDITOR_KEY
 */
export async function sealToAuditors(
  key: Uint8Array,
  auditors: readonly string[],
  date: Date,
): Promise<SealedKey> {
  if (auditors.length === 0) {
    throw new TowlineError('RECORDING_NO_AUDITORS', 'nobody is named who could read the recording');
  }
  const openpgp = await import('openpgp');
  try {
    const found = await Promise.all(auditors.map(armoredKeys => openpgp.readKeys({ armoredKeys })));
    const encryptionKeys = found.flat();
    for (const each of encryptionKeys) await each.getEncryptionKey(undefined, date);
    const message = await openpgp.createMessage({ binary: key });
    const sealed = await openpgp.encrypt({ message, encryptionKeys, date, format: 'binary' });
    return {
      message: Buffer.from(sealed).toString('base64'),
      fingerprints: encryptionKeys.map(each => each.getFingerprint().toUpperCase()),
    };
  } catch (cause) {
    const why = messageOf(cause);
    throw new TowlineError('RECORDING_AUDITOR_KEY', `an auditor’s key cannot be used: ${why}`, { cause });
  }
}

/** What a keyring has opened. @returns undefined: it is no such key */
export function openedKey(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === boxKeyBytes ? bytes : undefined;
}
