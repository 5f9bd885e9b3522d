/**
 * What a SOPS file gives to an app: its top-level values by name. The names stand in clear in the format, so a plan
 * can say which of them changed; only a key opens what they hold.
 */

import { createHash } from 'node:crypto';
import { TowlineError } from '../errors.ts';
import { fieldsOf } from '../json.ts';
import { decryptDataKey } from './data-key.ts';
import { openSecretDocument, readSecretDocument, secretFormat } from './document.ts';
import { checkOwnPath, requireSealedOwnPath, type SecretPlace, withoutOwnPath } from './own-path.ts';
import { isComment, isMap, plainData, type SecretMap } from './tree.ts';

export interface SealedVariable {
  readonly name: string;
  /** SHA-256 of its sealed form, hexadecimal: another one after every change of the value or of the data key. */
  readonly fingerprint: string;
}

/** Name → value as text, of the values that are no lists or maps; numbers and booleans as JSON writes them. */
function textsOf(tree: SecretMap): Map<string, string> {
  const texts = new Map<string, string>();
  for (const item of tree.items) {
    if (isComment(item) || item.value === null || typeof item.value === 'object') continue;
    texts.set(item.key, String(item.value));
  }
  return texts;
}

/**
 * The variables of a file, unopened. Lists, maps and null give none, nor does the value that says its path.
 * @param path decides the format
 * @throws SECRET_MALFORMED, SECRET_UNSUPPORTED, SECRET_PATH_MISSING
 */
export function sealedVariables(bytes: Uint8Array, path: string): SealedVariable[] {
  const format = secretFormat(path);
  const document = readSecretDocument(bytes, format);
  requireSealedOwnPath(document, format);
  return [...textsOf(withoutOwnPath(document.tree))].map(([name, sealed]) => ({
    name,
    fingerprint: createHash('sha256').update(sealed).digest('hex'),
  }));
}

/** @returns what it holds, without the value that says its path */
async function openTree(bytes: Uint8Array, place: SecretPlace, privateKey: string): Promise<SecretMap> {
  const format = secretFormat(place.path);
  const document = readSecretDocument(bytes, format);
  requireSealedOwnPath(document, format);
  const opened = openSecretDocument(document, await decryptDataKey(document.metadata, privateKey));
  checkOwnPath(opened, place);
  return withoutOwnPath(opened);
}

/**
 * Opens a file, checks its MAC and that it was sealed for its place.
 * @param privateKey armored, without passphrase
 * @throws SECRET_MALFORMED, SECRET_UNSUPPORTED, SECRET_NOT_A_RECIPIENT, SECRET_TAMPERED, SECRET_PATH_MISSING,
 *   SECRET_PATH_OTHER
 */
export async function openVariables(
  bytes: Uint8Array,
  place: SecretPlace,
  privateKey: string,
): Promise<ReadonlyMap<string, string>> {
  return textsOf(await openTree(bytes, place, privateKey));
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * Registry as it stands in image references → login.
 * @throws as `openVariables`; SECRET_MALFORMED where an entry has no username or password
 */
export async function openRegistryLogins(
  bytes: Uint8Array,
  place: SecretPlace,
  privateKey: string,
): Promise<ReadonlyMap<string, RegistryLogin>> {
  const logins = new Map<string, RegistryLogin>();
  for (const item of (await openTree(bytes, place, privateKey)).items) {
    if (isComment(item)) continue;
    const { username, password } = isMap(item.value) ? fieldsOf(plainData(item.value)) : {};
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new TowlineError(
        'SECRET_MALFORMED',
        `${place.path}: ${item.key} needs a username and a password, as text`,
      );
    }
    logins.set(item.key, { username, password });
  }
  return logins;
}
