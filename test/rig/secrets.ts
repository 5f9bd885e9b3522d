/** SOPS files for tests. */
import { randomBytes } from 'node:crypto';
import { encryptDataKey } from '../../core/secrets/data-key.ts';
import {
  parsePlainSecret,
  type SealOptions,
  sealSecretDocument,
  secretFormat,
} from '../../core/secrets/document.ts';
import { defaultRule } from '../../core/secrets/metadata.ts';
import { withOwnPath } from '../../core/secrets/own-path.ts';

interface Changes extends Partial<Pick<SealOptions, 'dataKey' | 'rule' | 'macOnlyEncrypted'>> {
  readonly fleet?: string;
  /** The path that it says it is sealed for; undefined: it says none. */
  readonly statedPath?: string | undefined;
}

/** Seals a plain document of the fleet `acme` for its path. @param path decides the format */
export async function sealSecret(
  path: string,
  plain: string,
  publicKeys: readonly string[],
  changes: Changes = {},
): Promise<string> {
  const { dataKey = randomBytes(32), fleet = 'acme', rule = defaultRule, macOnlyEncrypted = false } = changes;
  const stated = 'statedPath' in changes ? changes.statedPath : path;
  const format = secretFormat(path);
  const now = new Date();
  const tree = parsePlainSecret(plain, format);
  const whole = stated === undefined ? tree : withOwnPath(tree, format, { fleet, path: stated });
  return sealSecretDocument(whole, format, {
    dataKey,
    recipients: await encryptDataKey(dataKey, publicKeys, now),
    rule,
    macOnlyEncrypted,
    lastModified: `${now.toISOString().slice(0, 19)}Z`,
    nonce: () => randomBytes(32),
  });
}
