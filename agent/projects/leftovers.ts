/**
 * What a project has left and cannot always be removed: containers may have written there, as root and as they liked.
 * It is moved aside in one step, so that no tree is ever half there, and removed from there in every pass until it is gone.
 * What stays is said with its path; it ends nothing.
 */

import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { chmod, lstat, mkdir, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../core/errors/cause.ts';
import { isMissing } from '../../core/io/file/durable-file.ts';
import { verdictOnFolder } from '../../core/io/file/own-folder.ts';
import { type FolderOptions, runtimeFolder } from './project-folders.ts';

/** Entries looked at in one pass: millions are removed little by little. */
const maxEntriesPerSweep = 20_000;
/** In a folder where so many entries cannot be removed, the others are not tried. */
const maxFailuresPerFolder = 16;

export interface Leftover {
  readonly path: string;
  /** The system's word, such as EACCES. */
  readonly why: string;
}

export class Leftovers {
  readonly #folders: readonly string[];
  readonly #failed = new Map<string, string>();
  #entries = 0;

  constructor(options: FolderOptions) {
    this.#folders = [options.stateDirectory, runtimeFolder(options)].map(above =>
      path.join(above, 'leftovers'),
    );
  }

  /**
   * Moves a file or folder out of the way. What cannot even be moved is among what `sweep` says.
   * @param within the one of our two folders that it is in: of the state, or in memory
   */
  async setAside(file: string, within: 'state' | 'memory'): Promise<void> {
    const folder = this.#folders[within === 'state' ? 0 : 1] ?? '';
    const name = `${path.basename(file)}.${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
      await rename(file, path.join(folder, name));
    } catch (error) {
      if (!isMissing(error)) this.#failed.set(file, wordOf(error));
    }
  }

  /** Removes what was set aside, now or in earlier passes. @returns what stays */
  async sweep(signal: AbortSignal): Promise<Leftover[]> {
    this.#entries = 0;
    const [state = '', memory = ''] = this.#folders;
    // What somebody else has put below a shared folder is not ours to remove.
    const isOwn = (await verdictOnFolder(memory)).kind === 'own';
    for (const folder of isOwn ? [state, memory] : [state]) {
      // A folder inside one that is cleared comes up here, and is met in the next round.
      while ((await this.#round(folder, signal)) && this.#entries < maxEntriesPerSweep);
    }
    return [...this.#failed].map(([path, why]) => ({ path, why }));
  }

  /** @returns whether something may be left that was not tried yet */
  async #round(folder: string, signal: AbortSignal): Promise<boolean> {
    let again = false;
    for await (const { name } of await entriesOf(folder)) {
      signal.throwIfAborted();
      const file = path.join(folder, name.toString('latin1'));
      if (this.#failed.has(file) || this.#entries >= maxEntriesPerSweep) continue;
      const why = await this.#remove(file, folder);
      if (why === undefined) again = true;
      else this.#failed.set(file, why);
    }
    return again;
  }

  /** Of what lies right below ours, where nobody else can put a link in its place. */
  async #remove(file: string, folder: string): Promise<string | undefined> {
    try {
      const found = await lstat(file);
      this.#entries += 1;
      if (!found.isDirectory()) {
        await unlink(file);
        return undefined;
      }
      if (found.uid === process.geteuid?.() && (found.mode & 0o700) !== 0o700) await chmod(file, 0o700);
      const why = await this.#empty(file, folder);
      await rmdir(file).catch((error: unknown) => {
        if (why === undefined && wordOf(error) !== 'ENOTEMPTY') throw error;
      });
      return why;
    } catch (error) {
      return isMissing(error) ? undefined : wordOf(error);
    }
  }

  /** Paths stay short, however deep it is: folders that are not empty are moved up. @returns why something stays */
  async #empty(folder: string, above: string): Promise<string | undefined> {
    let failures = 0;
    let why: string | undefined;
    for await (const entry of await entriesOf(folder)) {
      if (this.#entries >= maxEntriesPerSweep || failures >= maxFailuresPerFolder) break;
      this.#entries += 1;
      try {
        await removeEntry(folder, entry, above);
      } catch (error) {
        if (isMissing(error)) continue;
        failures += 1;
        why ??= wordOf(error);
      }
    }
    return why;
  }
}

/** Names are bytes: not all of them are text. */
async function removeEntry(folder: string, entry: Dirent<Buffer>, above: string): Promise<void> {
  const file = Buffer.concat([Buffer.from(`${folder}/`), entry.name]);
  if (!entry.isDirectory()) {
    await unlink(file);
    return;
  }
  try {
    await rmdir(file);
  } catch (error) {
    if (wordOf(error) !== 'ENOTEMPTY') throw error;
    const origin = path.basename(folder).split('~')[0] ?? '';
    await moveUp(file, path.join(above, `${origin}~${randomBytes(6).toString('hex')}`));
  }
}

/** A folder that is ours and closed to us, by a container that runs as our user, is opened first. */
async function moveUp(file: Buffer, to: string): Promise<void> {
  try {
    await rename(file, to);
  } catch (error) {
    const { uid, mode } = await lstat(file);
    const isOurs = uid === process.geteuid?.() && uid !== 0 && (mode & 0o700) !== 0o700;
    if (!isOurs || wordOf(error) !== 'EACCES') throw error;
    await chmod(file, 0o700);
    await rename(file, to);
  }
}

/** Names as bytes. @types/node knows `opendir` for names as text alone, whatever the encoding. */
const openBytes: (folder: string, options: { encoding: 'buffer' }) => Promise<AsyncIterable<Dirent<Buffer>>> =
  opendir as never;

async function entriesOf(folder: string): Promise<AsyncIterable<Dirent<Buffer>> | Dirent<Buffer>[]> {
  try {
    return await openBytes(folder, { encoding: 'buffer' });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function unlessThere(error: unknown): void {
  if (wordOf(error) !== 'EEXIST') throw error;
}

function wordOf(error: unknown): string {
  return errnoOf(error) ?? String(error);
}
