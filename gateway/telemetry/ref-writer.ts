/** Writes refs as git does: `<ref>.lock` made exclusively, written, synced, renamed. */
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../core/io/durable-file.ts';
import type { ObjectId } from '../../core/trust/object-source.ts';

/**
 * Durable once `syncRefs` of its folder is through.
 * @throws the system's EEXIST when another process holds the lock.
 */
export async function writeRef(gitDirectory: string, ref: string, id: ObjectId): Promise<void> {
  const path = join(gitDirectory, ref);
  const lock = `${path}.lock`;
  const handle = await open(lock, 'wx', 0o644);
  try {
    try {
      await handle.writeFile(`${id}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(lock, path);
  } catch (error) {
    await unlink(lock).catch(() => undefined);
    throw error;
  }
}

export async function syncRefs(gitDirectory: string, ref: string): Promise<void> {
  await syncFolder(dirname(join(gitDirectory, ref)));
}

/**
 * Makes the folder of the refs and removes locks that a killed gateway left. Only at start, before any git process
 * is: nobody else writes here.
 */
export async function prepareRefs(gitDirectory: string, folder: string): Promise<void> {
  const path = join(gitDirectory, folder);
  await mkdir(path, { recursive: true });
  for (const name of await readdir(path)) {
    if (name.endsWith('.lock')) await unlink(join(path, name));
  }
  await unlink(join(gitDirectory, 'packed-refs.lock')).catch(() => undefined);
}
