/** Brings a backup back from a store into the folder of this device's backups. */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BackupManifest } from '../../../core/backup/manifest.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import { fetchBackup } from '../../../core/io/backup/fetch-backup.ts';
import { makeFolderDurably, syncFolder, writeDurably } from '../../../core/io/file/durable-file.ts';
import { storeMark } from '../store-marks.ts';
import type { OpenStore } from './restic.ts';

export interface Wanted {
  readonly fleet: string;
  readonly project: string;
  readonly backup: string;
  /** Of all backups of this device. */
  readonly backupDirectory: string;
}

async function fetchPart(store: OpenStore, tags: string, signal: AbortSignal): Promise<string> {
  const folder = await store.emptyPart();
  const command = [
    'restore',
    'latest',
    '--quiet',
    '--tag',
    tags,
    '--host',
    store.device,
    '--target',
    '/part',
  ];
  try {
    await store.run({ arguments: command, isReading: true }, signal);
  } catch (error) {
    // What it says of room is of the folder that it writes to, which is the device's.
    if (isTowlineError(error, 'BACKUP_STORE_FULL'))
      throw new TowlineError('RESTORE_NO_SPACE', `no room where backups lie: ${error.message}`, {
        cause: error,
      });
    if (!isTowlineError(error) || !/no snapshot found|no matching ID/.test(error.message)) throw error;
    const message = `store ${store.name} has nothing with ${tags}`;
    throw new TowlineError('BACKUP_STORE_MISSING', message, { cause: error });
  }
  return folder;
}

/**
 * @returns its manifest, as it stands in the folder now: archives are packed anew
 * @throws TowlineError RESTORE_NO_SPACE, BACKUP_STORE_…, BACKUP_MANIFEST, BACKUP_HELPER, ENGINE_…; the signal's reason
 */
export async function retrieveBackup(
  store: OpenStore,
  { fleet, project, backup, backupDirectory }: Wanted,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const final = path.join(backupDirectory, project, backup);
  const folder = `${final}.part`;
  await rm(folder, { recursive: true, force: true });
  await makeFolderDurably(folder);
  try {
    const source = { fetch: (tags: string) => fetchPart(store, tags, signal) };
    const of = { fleet, device: store.device, project };
    await writeDurably(storeMark(folder, store.name), '{}\n');
    const manifest = await fetchBackup({ source, backup, of }, folder, signal);
    await rm(final, { recursive: true, force: true });
    await rename(folder, final);
    await syncFolder(path.dirname(final));
    return manifest;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
