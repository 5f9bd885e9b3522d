/** Folders outside of the repository that are made once, and stay: a program that was unpacked, or built. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';

/**
 * Tests have a home of their own: it is this user's that counts.
 * @param make fills `made`; what else it needs lies in `scratch`, which goes away
 * @returns its absolute path: it is there whole, or not at all
 */
export function cachedFolder(name: string, make: (made: string, scratch: string) => void): string {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(userInfo().homedir, '.cache'), 'towline');
  const folder = path.join(cache, name);
  if (existsSync(folder)) return folder;
  const scratch = `${folder}.${process.pid}`;
  const made = path.join(scratch, 'made');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  try {
    make(made, scratch);
    // Another process may have been quicker, and uses it by now.
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return folder;
}
