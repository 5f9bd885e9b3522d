/** OpenPGP keys that secrets are encrypted to. openpgp is loaded when first needed. */

export interface RecipientKey {
  /** Of the primary key, upper-case hexadecimal. */
  readonly fingerprint: string;
  /** Of the primary key and its subkeys: files made elsewhere may name any of them. */
  readonly fingerprints: readonly string[];
  /** Armored, this key alone. */
  readonly armored: string;
}

/**
 * The keys of an armored text that can encrypt at `date`; others are left out.
 * @throws Error when the text holds no OpenPGP keys
 */
export async function readRecipientKeys(armored: string, date: Date): Promise<RecipientKey[]> {
  const openpgp = await import('openpgp');
  const found: RecipientKey[] = [];
  for (const key of await openpgp.readKeys({ armoredKeys: armored })) {
    const usable = await key.getEncryptionKey(undefined, date).catch(() => undefined);
    if (usable === undefined) continue;
    found.push({
      fingerprint: key.getFingerprint().toUpperCase(),
      fingerprints: [key, ...key.subkeys].map(part => part.getFingerprint().toUpperCase()),
      armored: key.toPublic().armor(),
    });
  }
  return found;
}

/** Every fingerprint in an armored text, of keys that can encrypt and of those that cannot. @throws as above */
export async function fingerprintsOf(armored: string): Promise<string[]> {
  const openpgp = await import('openpgp');
  const keys = await openpgp.readKeys({ armoredKeys: armored });
  return keys.flatMap(key => [key, ...key.subkeys]).map(part => part.getFingerprint().toUpperCase());
}

/** Whether a recipient as a file names it (fingerprint, or its end) is one of these keys. */
export function namesKey(recipient: string, fingerprints: readonly string[]): boolean {
  return recipient.length >= 16 && fingerprints.some(fingerprint => fingerprint.endsWith(recipient));
}
