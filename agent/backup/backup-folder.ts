/** Where backups lie on this device, and what a folder of one is. */
import { chmod, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BackupManifest } from '../../core/backup/manifest.ts';
import { isBackupId, maxManifestBytes, parseManifest } from '../../core/backup/parse-manifest.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import {
  makeFolderDurably,
  namesIn,
  readBounded,
  syncFolder,
  writeDurably,
} from '../../core/io/file/durable-file.ts';
import { filesOf, toStored } from '../projects/stored-project.ts';

const manifestName = 'manifest.json';
const unfinished = '.part';

export const projectBackups = (root: string, project: string): string => path.join(root, project);

/** @throws TowlineError BACKUP_MANIFEST */
export async function readManifest(root: string, project: string, id: string): Promise<BackupManifest> {
  const file = path.join(projectBackups(root, project), id, manifestName);
  try {
    const manifest = parseManifest((await readBounded(file, maxManifestBytes)) ?? Buffer.alloc(0));
    if (manifest.id === id && manifest.project === project) return manifest;
    throw new Error('it is the one of another backup');
  } catch (cause) {
    throw new TowlineError('BACKUP_MANIFEST', `${file}: ${messageOf(cause)}`, { cause });
  }
}

export interface FoundBackups {
  /** Newest first. */
  readonly backups: readonly BackupManifest[];
  /** Ids of those whose manifest cannot be read, with why. */
  readonly damaged: readonly { readonly id: string; readonly message: string }[];
}

export async function backupsOf(root: string, project: string): Promise<FoundBackups> {
  const ids = (await namesIn(projectBackups(root, project))).filter(isBackupId);
  const backups: BackupManifest[] = [];
  const damaged: { id: string; message: string }[] = [];
  for (const id of ids.sort().reverse()) {
    const found = await readManifest(root, project, id).catch((error: unknown) => ({
      id,
      message: messageOf(error),
    }));
    if ('version' in found) backups.push(found);
    else damaged.push(found);
  }
  return { backups, damaged };
}

/** Removes what is none: of a backup that was cut off, and of one that was being removed. */
export async function removeRubbish(root: string, project: string): Promise<void> {
  const folder = projectBackups(root, project);
  for (const name of await namesIn(folder)) {
    const isBackup = isBackupId(name) && (await namesIn(path.join(folder, name))).includes(manifestName);
    if (isBackupId(name.replace(unfinished, '')) && !isBackup)
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** One that is half removed is rubbish, and not a damaged one. */
export async function removeBackup(root: string, project: string, id: string): Promise<void> {
  const folder = path.join(projectBackups(root, project), id);
  const going = `${folder}${unfinished}`;
  await rename(folder, going);
  await rm(going, { recursive: true, force: true });
}

/** A folder that becomes a backup when all is in it. */
export class NewBackup {
  readonly #final: string;
  /** Absolute path while it is made. */
  readonly folder: string;

  private constructor(final: string) {
    this.#final = final;
    this.folder = `${final}${unfinished}`;
  }

  /** Where it will lie, made if it is not there: what the disk has is asked there. */
  static async folderOf(root: string, project: string): Promise<string> {
    const folder = projectBackups(root, project);
    await makeFolderDurably(folder);
    return folder;
  }

  static async begin(root: string, project: string, id: string): Promise<NewBackup> {
    const backup = new NewBackup(path.join(projectBackups(root, project), id));
    await makeFolderDurably(backup.folder);
    // The helper's root is nobody special here: it may go through the folder, and nobody else comes to it.
    await chmod(backup.folder, 0o711);
    return backup;
  }

  /** A file that the helper may write to, and that is the agent's. */
  async makeFile(name: string): Promise<void> {
    const handle = await open(path.join(this.folder, name), 'wx', 0o600);
    try {
      await handle.chmod(0o622);
    } finally {
      await handle.close();
    }
  }

  /** It is written: nobody else comes to it, and it is durable, but for its folder. */
  async closeFile(name: string): Promise<void> {
    const handle = await open(path.join(this.folder, name), 'r+');
    try {
      await handle.chmod(0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** The state that ran, with its files; secrets as the repository has them. */
  async writeProject(project: DesiredProject): Promise<void> {
    for (const { sha256, bytes } of filesOf(project))
      await writeDurably(path.join(this.folder, 'blobs', sha256), bytes);
    await writeDurably(path.join(this.folder, 'project.json'), JSON.stringify(toStored(project)));
  }

  /** From here on it is a backup. */
  async finish(manifest: BackupManifest): Promise<void> {
    await chmod(this.folder, 0o700);
    await writeDurably(path.join(this.folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await rename(this.folder, this.#final);
    await syncFolder(path.dirname(this.#final));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
