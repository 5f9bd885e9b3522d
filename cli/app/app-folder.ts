/** A folder with a Compose file, as somebody has it: read within bounds, before any of it comes into the fleet. */
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { maxProjectBytes, maxProjectFileBytes, maxProjectFiles } from '../../core/fleet/limits.ts';
import type { RepositoryFile } from '../../core/fleet/repository-files.ts';
import { isMissing, readBounded } from '../../core/io/file/durable-file.ts';
import { readEntryName } from '../../core/trust/git/entry-name.ts';

export type AppFile = Pick<RepositoryFile, 'bytes' | 'mode'>;

/** git’s own, of the folder or of one in it; and what a release would be. */
const isLeftOut = (name: string, depth: number) => name === '.git' || (depth === 0 && name === 'releases');
const maxDepth = 32;

/**
 * By path below it, sorted. A link is read as what it leads to, inside of the folder.
 * @throws TowlineError CLI_USAGE for what is no folder, a link that leads out, a device file or a socket, a name
 *   that no device takes;
 *   FLEET_PROJECT_TOO_LARGE
 */
export async function readAppFolder(folder: string): Promise<ReadonlyMap<string, AppFile>> {
  const root = await folderAt(folder);
  const found = new Map<string, AppFile>();
  for await (const name of filesBelow(root, '', 0)) {
    found.set(name, await readOne(root, name));
    assertRoom(folder, found);
  }
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** @returns its real path */
export async function folderAt(folder: string): Promise<string> {
  const root = await realpath(folder).catch((cause: unknown) => {
    const why = isMissing(cause) ? 'there is no such folder' : messageOf(cause);
    throw new TowlineError('CLI_USAGE', `${folder}: ${why}`, { cause });
  });
  if (!(await stat(root)).isDirectory()) throw new TowlineError('CLI_USAGE', `${folder} is no folder`);
  return root;
}

/** @throws TowlineError FLEET_PROJECT_TOO_LARGE */
export function assertRoom(folder: string, found: ReadonlyMap<string, AppFile>): void {
  const bytes = [...found.values()].reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes <= maxProjectBytes && found.size <= maxProjectFiles) return;
  const message = `${folder} has more than ${maxProjectFiles} files or ${maxProjectBytes} bytes`;
  throw new TowlineError('FLEET_PROJECT_TOO_LARGE', message);
}

/** @param below path from `root`, '' for itself; and how deep it lies */
export async function* filesBelow(root: string, below: string, depth: number): AsyncGenerator<string> {
  if (depth > maxDepth)
    throw new TowlineError('FLEET_PROJECT_TOO_LARGE', `${root}: folders deeper than ${maxDepth}`);
  const entries = await readdir(path.join(root, below), { withFileTypes: true, encoding: 'buffer' });
  for (const entry of entries) {
    if (isLeftOut(entry.name.toString('utf8'), depth)) continue;
    const read = readEntryName(entry.name);
    if ('problem' in read)
      throw new TowlineError(
        'CLI_USAGE',
        `${path.join(root, below)} has ${read.problem}: no device takes that`,
      );
    const name = path.posix.join(below, read.name);
    if (entry.isDirectory()) yield* filesBelow(root, name, depth + 1);
    else yield name;
  }
}

export async function readOne(root: string, name: string): Promise<AppFile> {
  const file = path.join(root, name);
  const target = await realpath(file).catch(() => undefined);
  // By a link to a folder above it, too.
  if (target?.startsWith(`${root}${path.sep}`) !== true)
    throw new TowlineError('CLI_USAGE', `${name} is a link that leads out of the folder, or nowhere`);
  const found = await stat(target);
  if (!found.isFile()) throw new TowlineError('CLI_USAGE', `${name} is no regular file`);
  if (found.size > maxProjectFileBytes)
    throw new TowlineError('FLEET_PROJECT_TOO_LARGE', `${name} has more than ${maxProjectFileBytes} bytes`);
  const bytes = await readBounded(target, maxProjectFileBytes);
  if (bytes === undefined) throw new TowlineError('CLI_USAGE', `${name} went away while it was read`);
  return { bytes, mode: (found.mode & 0o100) === 0 ? '100644' : '100755' };
}
