/** Folders that a verb makes. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeFolderDurably } from '../../core/io/file/durable-file.ts';

/**
 * Makes a folder and its parents.
 * @throws TowlineError CLI_FOLDER where that cannot be
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolderDurably(folder);
  } catch (cause) {
    const why = messageOf(cause);
    throw new TowlineError('CLI_FOLDER', `${folder} cannot be made: ${why}`, { cause });
  }
}
