/** File trees on the disk: whole or absent, named by what is in them. */

import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeFolderDurably, namesIn, syncFolder } from '../../core/io/file/durable-file.ts';
import { verdictOnFolder } from '../../core/io/file/own-folder.ts';
import { treeFolder } from '../../core/plan/container/mounts.ts';
import { type FileTree, isFolderEntry } from '../../core/plan/file-tree.ts';
import type { Leftovers } from './leftovers.ts';
import type { ProjectFolders } from './project-folders.ts';

const hashForm = /^[0-9a-f]{64}$/;

/** As `namesIn`. A folder that somebody else has put there, or may look into, holds nothing of ours: it is not touched. */
async function namesInMemory(folder: string): Promise<string[]> {
  const { kind } = await verdictOnFolder(folder).catch(() => ({ kind: 'shared' }));
  return kind === 'own' ? await namesIn(folder) : [];
}

/** Hashes of the trees that are there. */
export async function presentTrees(folders: ProjectFolders): Promise<Set<string>> {
  const { files, secrets, memory } = folders;
  const found = (await Promise.all([namesIn(files), namesIn(secrets), namesInMemory(memory)])).flat();
  return new Set(found.filter(name => hashForm.test(name)));
}

function refuseOwner(cause: unknown): never {
  const why = messageOf(cause);
  throw new TowlineError('SECRET_OWNER', `the owner of a file cannot be set: ${why}`, { cause });
}

async function writeEntry(file: string, tree: FileTree, entry: FileTree['entries'][number]): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(entry.bytes);
    await handle.chmod(entry.mode);
    if (tree.uid !== undefined || tree.gid !== undefined)
      await handle.chown(tree.uid ?? 0, tree.gid ?? 0).catch(refuseOwner);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function fillTree(folder: string, tree: FileTree): Promise<void> {
  const made = new Set([folder]);
  for (const entry of tree.entries) {
    const place = path.join(folder, entry.path);
    const parent = isFolderEntry(entry) ? place : path.dirname(place);
    await mkdir(parent, { recursive: true });
    // Each folder on the way: a container's user must be able to pass.
    for (let each = parent; each.startsWith(folder) && !made.has(each); each = path.dirname(each))
      made.add(each);
    if (!isFolderEntry(entry)) await writeEntry(place, tree, entry);
  }
  for (const each of made) {
    await chmod(each, 0o755);
    if (each !== folder && (tree.uid !== undefined || tree.gid !== undefined)) {
      await chown(each, tree.uid ?? 0, tree.gid ?? 0);
    }
    await syncFolder(each);
  }
}

/** Writes the tree unless it is there. After a power cut it is there whole or not at all. */
export async function writeTree(folders: ProjectFolders, tree: FileTree): Promise<void> {
  const parent = treeFolder(tree, folders);
  if ((await namesIn(parent)).includes(tree.hash)) return;
  await makeFolderDurably(parent);
  const temporary = path.join(parent, `.${tree.hash}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(temporary);
    await fillTree(temporary, tree);
    await rename(temporary, path.join(parent, tree.hash));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(parent);
}

/** Sets trees aside that nothing needs, and what a writer that was killed has left. */
export async function removeTreesExcept(
  folders: ProjectFolders,
  keep: ReadonlySet<string>,
  leftovers: Leftovers,
): Promise<void> {
  const { files, secrets, memory } = folders;
  const places = [
    { parent: files, found: await namesIn(files), within: 'state' },
    { parent: secrets, found: await namesIn(secrets), within: 'state' },
    { parent: memory, found: await namesInMemory(memory), within: 'memory' },
  ] as const;
  for (const { parent, found, within } of places) {
    for (const name of found) {
      if (!keep.has(name)) await leftovers.setAside(path.join(parent, name), within);
    }
  }
}
