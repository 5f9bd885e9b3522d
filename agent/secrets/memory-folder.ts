/** The folder that opened secrets stand in: never on a disk, and nobody else's. */

import { statfs } from 'node:fs/promises';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { type FolderVerdict, makeOwnFolder } from '../../core/io/file/own-folder.ts';

/** Types of file systems that live in memory, as statfs(2) names them: tmpfs, ramfs. */
const memoryTypes: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/**
 * Makes the folder (mode 0700) and makes sure that it is in memory.
 * @throws TowlineError SECRET_NOT_IN_MEMORY, SECRET_FOLDER_SHARED
 */
export async function prepareMemoryFolder(folder: string): Promise<void> {
  let verdict: FolderVerdict;
  try {
    verdict = await makeOwnFolder(folder);
  } catch (cause) {
    const why = messageOf(cause);
    throw new TowlineError('SECRET_NOT_IN_MEMORY', `${folder} cannot be made: ${why}`, { cause });
  }
  if (verdict.kind === 'shared') throw new TowlineError('SECRET_FOLDER_SHARED', `${folder}: ${verdict.why}`);
  const { type } = await statfs(folder);
  // The number is signed on some machines.
  if (memoryTypes.has(type >>> 0)) return;
  throw new TowlineError('SECRET_NOT_IN_MEMORY', `${folder} is on a disk`);
}
