/** A folder that is filled whole or not at all. */

import { chmod, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { isMissing } from '../../core/io/file/durable-file.ts';
import { makeFolder } from '../desk/folder.ts';

const withoutFolder = (folder: string) => (cause: unknown) => {
  const why = messageOf(cause);
  throw new TowlineError('CLI_FOLDER', `${folder}: ${why}`, { cause });
};

/** @returns undefined where there is no such folder */
const namesIn = (folder: string): Promise<string[] | undefined> =>
  readdir(folder).catch((error: unknown) =>
    isMissing(error) && !String(error).startsWith('Error: ENOTDIR')
      ? undefined
      : withoutFolder(folder)(error),
  );

/**
 * @returns whether it is there
 * @throws TowlineError CLI_FOLDER_NOT_EMPTY, CLI_FOLDER
 */
export async function assertEmptyFolder(folder: string): Promise<boolean> {
  const names = await namesIn(folder);
  if (names === undefined || names.length === 0) return names !== undefined;
  throw new TowlineError('CLI_FOLDER_NOT_EMPTY', `${folder} is not empty`);
}

/**
 * @param fill fills the folder that it is given; where it fails or is stopped all is as it was before
 * @throws TowlineError CLI_FOLDER_NOT_EMPTY, CLI_FOLDER, and what `fill` throws
 */
export async function fillWhole<T>(
  folder: string,
  signal: AbortSignal,
  fill: (temporary: string) => Promise<T>,
): Promise<T> {
  const isThere = await assertEmptyFolder(folder);
  const made = isThere ? [] : await makeParents(folder);
  // A folder that is there stays the same one: somebody stands in it, or it is a mount.
  const prefix = isThere ? path.join(folder, '.towline-init.') : `${folder}.init.`;
  const temporary = await mkdtemp(prefix).catch(withoutFolder(folder));
  try {
    await chmod(temporary, 0o777 & ~process.umask());
    const filled = await fill(temporary);
    signal.throwIfAborted();
    if (isThere) await moveUp(temporary, folder);
    else await rename(temporary, folder).catch(withoutFolder(folder));
    return filled;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    for (const parent of made) await rmdir(parent).catch(() => undefined);
    throw error;
  }
}

/** As `mkdir -p` would. @returns those that were not there, the deepest first */
async function makeParents(folder: string): Promise<string[]> {
  const missing: string[] = [];
  let parent = path.dirname(folder);
  while ((await namesIn(parent)) === undefined) {
    missing.push(parent);
    parent = path.dirname(parent);
  }
  if (missing[0] !== undefined) await makeFolder(missing[0]);
  for (const each of missing) await chmod(each, 0o777 & ~process.umask());
  return missing;
}

/** What came into the folder meanwhile stays as it is. */
async function moveUp(temporary: string, folder: string): Promise<void> {
  const moved: string[] = [];
  try {
    const others = (await readdir(folder)).filter(name => name !== path.basename(temporary));
    if (others.length > 0) throw new TowlineError('CLI_FOLDER_NOT_EMPTY', `${folder} is not empty`);
    for (const name of await readdir(temporary)) {
      await rename(path.join(temporary, name), path.join(folder, name));
      moved.push(path.join(folder, name));
    }
    await rmdir(temporary);
  } catch (error) {
    for (const each of moved) await rm(each, { recursive: true, force: true });
    throw error;
  }
}
