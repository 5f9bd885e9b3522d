/** A part → files in a folder, durable but for the folder's own name. */
import { createHash } from 'node:crypto';
import { copyFile, link, open } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeFolderDurably } from '../../core/io/file/durable-file.ts';
import { hashOf } from './part-bytes.ts';
import { type PartFile, readPart } from './part-reader.ts';
import { slotFileName } from './slot-file.ts';

/** Path → SHA-256, hexadecimal. */
export type Hashes = Readonly<Record<string, string>>;

/** @returns what it holds @throws TowlineError AGENT_UPDATE_PART; what the disk throws; the signal's reason */
export async function unpackPart(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  signal: AbortSignal,
): Promise<Hashes> {
  const hashes: Record<string, string> = {};
  for await (const file of readPart(bytes)) {
    signal.throwIfAborted();
    if (file.path === slotFileName)
      throw new TowlineError('AGENT_UPDATE_PART', `the part has a ${slotFileName} of its own`);
    hashes[file.path] = await write(file, folder, signal);
  }
  return hashes;
}

/** A file that another part has brought is not written over. */
async function write(file: PartFile, folder: string, signal: AbortSignal): Promise<string> {
  const place = path.join(folder, ...file.path.split('/'));
  const handle = await makeFolderDurably(path.dirname(place))
    .then(() => open(place, 'wx', file.isExecutable ? 0o755 : 0o644))
    .catch((error: unknown) => {
      if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '')) throw error;
      throw new TowlineError('AGENT_UPDATE_PART', `two parts, or two entries, have ${file.path}`);
    });
  const hash = createHash('sha256');
  try {
    for await (const piece of file.bytes) {
      signal.throwIfAborted();
      hash.update(piece);
      await handle.writeFile(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/**
 * The files of a part that another slot has already. They are never written to, so one file may have two names.
 * @param files of that part, with the hashes that they had when they were written
 * @returns whether they are those still
 */
export async function takeOver(
  from: string,
  folder: string,
  files: Hashes,
  signal: AbortSignal,
): Promise<boolean> {
  for (const [name, sha256] of Object.entries(files)) {
    const [source, place] = [from, folder].map(root => path.join(root, ...name.split('/')));
    if (source === undefined || place === undefined) return false;
    await makeFolderDurably(path.dirname(place));
    // What a package has put there belongs to root, and may not be given another name.
    const isLinked = await link(source, place).then(
      () => true,
      () => false,
    );
    if (!isLinked && !(await copied(source, place))) return false;
    if ((await hashOf(place, signal)) !== sha256) return false;
  }
  return true;
}

async function copied(source: string, place: string): Promise<boolean> {
  try {
    await copyFile(source, place);
  } catch (error) {
    if (['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) throw error;
    return false;
  }
  const handle = await open(place, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}
