/** Writes refs as git does: `<ref>.lock` made exclusively, written, synced, renamed. */

import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errnoOf } from '../../core/errors/cause.ts';
import { isMissing, syncFolder, writeDurably } from '../../core/io/file/durable-file.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

/** `git pack-refs` holds a ref's lock for a moment, and removes a folder that it has emptied. */
const maxTries = 100;
const retryMs = 10;

/**
 * Durable once `syncRefs` of its folder is through.
 * @throws the system's EEXIST when another process holds the lock for longer than a second.
 */
export async function writeRef(gitDirectory: string, ref: string, id: ObjectId): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await writeOnce(gitDirectory, ref, id);
      return;
    } catch (error) {
      const code = errnoOf(error);
      if (tries === maxTries || (code !== 'EEXIST' && code !== 'ENOENT')) throw error;
      if (code === 'ENOENT') await mkdir(dirname(join(gitDirectory, ref)), { recursive: true });
      else await wait(retryMs);
    }
  }
}

async function writeOnce(gitDirectory: string, ref: string, id: ObjectId): Promise<void> {
  const path = join(gitDirectory, ref);
  const lock = `${path}.lock`;
  const handle = await open(lock, 'wx', 0o644);
  // From here on the lock is ours, to be renamed or removed.
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
  await syncFolder(dirname(join(gitDirectory, ref))).catch((error: unknown) => {
    // Gone: its refs are in packed-refs, which git has synced.
    if (!isMissing(error)) throw error;
  });
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

/** What a clone checks out: HEAD names this branch, whether it is there yet or not. Only at start, as `prepareRefs`. */
export async function pointHead(gitDirectory: string, ref: string): Promise<void> {
  const file = join(gitDirectory, 'HEAD');
  const text = `ref: ${ref}\n`;
  if ((await readFile(file, 'utf8')) === text) return;
  await writeDurably(file, text, { mode: 0o644 });
}
