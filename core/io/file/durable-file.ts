/** Files that survive power loss: whole, old or new, never half. */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';

export interface DurableOptions {
  /** Permission bits; 0o600 unless said otherwise. */
  readonly mode?: number;
}

/**
 * Writes `bytes`, all of them or as they come, to `file`: a temporary file beside it, fsync, rename, fsync of the folder. Missing folders are
 * made. After it resolves the content survives a power cut; before, the old content does.
 */
export async function writeDurably(
  file: string,
  bytes: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: DurableOptions = {},
): Promise<void> {
  const folder = path.dirname(file);
  await makeFolderDurably(folder);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', options.mode ?? 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** The names in a folder; none where there is no such folder. */
export function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

/** Removes what a `writeDurably` of this file that was killed has left. None may be on its way. */
export async function removeUnfinished(file: string): Promise<void> {
  const folder = path.dirname(file);
  const names = await namesIn(folder);
  const isTemporary = (name: string): boolean =>
    name.startsWith(`.${path.basename(file)}.`) && /\.[0-9a-f]{12}\.tmp$/.test(name);
  for (const name of names.filter(isTemporary)) await rm(path.join(folder, name), { force: true });
}

/** Makes a folder and its parents (mode 0700) so that they are there after a power cut. */
export async function makeFolderDurably(folder: string): Promise<void> {
  const whole = path.resolve(folder);
  if (await makeFolder(whole)) return;
  const parent = path.dirname(whole);
  if (parent !== whole) await makeFolderDurably(parent);
  // A file system without folders of ours, such as /proc, says ENOENT again and again: `recursive` never ends there.
  if (!(await makeFolder(whole))) throw new Error(`no folder can be made in ${parent}`);
}

/** @returns false when its parent is missing */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return false;
    if ((await stat(folder).catch(() => undefined))?.isDirectory() === true) return true;
    throw error;
  }
  await syncFolder(path.dirname(folder));
  return true;
}

/** Removes a file if it is there, durably. */
export async function removeDurably(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/** fsync of a folder: what was renamed or removed in it stays so. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file of at most `maxBytes`.
 * @returns undefined when there is no such file
 * @throws TowlineError AGENT_FILE_TOO_LARGE
 */
export async function readBounded(file: string, maxBytes: number): Promise<Buffer | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // A pipe that lies in its place is empty, and nobody waits for who writes into it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge(file, size, maxBytes);
    const buffer = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(buffer, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** Narrows to "no such file or folder". */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}

function tooLarge(file: string, size: number, maxBytes: number): TowlineError {
  return new TowlineError('AGENT_FILE_TOO_LARGE', `${file} has ${size} bytes, at most ${maxBytes} are read`, {
    details: { file, size, maxBytes },
  });
}
