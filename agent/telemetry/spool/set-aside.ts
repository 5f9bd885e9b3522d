/** Files of the spool that are not what was written: kept for a while, for whoever wants to know what befell the disk. */
import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolderDurably, namesIn } from '../../../core/io/file/durable-file.ts';

const mostKept = 16;
const largestKept = 1024 * 1024;

/** Never throws: what can neither be moved nor removed stays where it is, and nobody reads it. */
export async function setAside(file: string, folder: string): Promise<void> {
  try {
    const found = await lstat(file);
    if (!found.isFile() || found.size > largestKept) {
      await rm(file, { force: true, recursive: true });
      return;
    }
    await makeFolderDurably(folder);
    const kept = (await namesIn(folder)).sort();
    for (const oldest of kept.slice(0, Math.max(0, kept.length + 1 - mostKept)))
      await rm(path.join(folder, oldest), { force: true, recursive: true });
    await rename(file, path.join(folder, path.basename(file)));
  } catch {
    await rm(file, { force: true, recursive: true }).catch(() => undefined);
  }
}

/**
 * Follows no link and waits for no pipe.
 * @returns undefined: there is none, or it is no plain file of this length
 */
export async function readPlain(file: string, bytes: number): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size !== bytes) return undefined;
    return await handle.readFile();
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
