/** What a secret holds, opened with the data key by a person, without the value that says its path. */
import { isTowlineError } from '../../core/errors.ts';
import { openSecretDocument, type SecretDocument } from '../../core/secrets/document.ts';
import { checkOwnPath, requireSealedOwnPath, withoutOwnPath } from '../../core/secrets/own-path.ts';
import type { SecretMap } from '../../core/secrets/tree.ts';
import type { SecretFile } from './secret-file.ts';

export interface OpenedSecret {
  readonly plain: SecretMap;
  /** False: the file does not say yet for which path it was sealed. */
  readonly saysPath: boolean;
}

/**
 * Sealing anew says that a file belongs where it lies. So one that was sealed for another path is not opened here, and
 * one that says none only where the person looks at what it holds: both may be another app's, copied.
 * @param where the path that it must have been sealed for
 * @throws TowlineError SECRET_PATH_OTHER, SECRET_PATH_MISSING, SECRET_TAMPERED, SECRET_MALFORMED
 */
export function openForPerson(
  document: SecretDocument,
  dataKey: Uint8Array,
  { fleet, path, format }: Pick<SecretFile, 'fleet' | 'path' | 'format'>,
  isLookedAt: boolean,
): OpenedSecret {
  const opened = openSecretDocument(document, dataKey);
  const plain = withoutOwnPath(opened);
  try {
    requireSealedOwnPath(document, format);
  } catch (error) {
    if (!isLookedAt || !isTowlineError(error, 'SECRET_PATH_MISSING')) throw error;
    // A copy whose path somebody only made unreadable says another one still.
    checkOwnPath(opened, { fleet, path });
    return { plain, saysPath: false };
  }
  checkOwnPath(opened, { fleet, path });
  return { plain, saysPath: true };
}
