/** SOPS files for tests. */
import { randomBytes } from 'node:crypto';
import { encryptDataKey } from '../../core/secrets/data-key.ts';
import { parsePlainSecret, sealSecretDocument, secretFormat } from '../../core/secrets/document.ts';
import { defaultRule } from '../../core/secrets/metadata.ts';

/** Seals a plain document with a new data key. @param path decides the format */
export async function sealSecret(
  path: string,
  plain: string,
  publicKeys: readonly string[],
  dataKey: Uint8Array = randomBytes(32),
): Promise<string> {
  const format = secretFormat(path);
  const now = new Date();
  return sealSecretDocument(parsePlainSecret(plain, format), format, {
    dataKey,
    recipients: await encryptDataKey(dataKey, publicKeys, now),
    rule: defaultRule,
    lastModified: `${now.toISOString().slice(0, 19)}Z`,
    nonce: () => randomBytes(32),
  });
}
