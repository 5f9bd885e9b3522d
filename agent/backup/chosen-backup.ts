/** Which backup a person at the device means, and whether it may be put back as far as one can see before. */
import path from 'node:path';
import type { BackupManifest } from '../../core/backup/manifest.ts';
import { isBackupId } from '../../core/backup/parse-manifest.ts';
import { asideId, asideStampOf } from '../../core/backup/restore-note.ts';
import { TowlineError } from '../../core/errors.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import { backupsOf, readManifest } from './backup-folder.ts';

export interface BackupsOfApp {
  /** Where backups lie, a folder for each project. */
  readonly root: string;
  readonly app: string;
  readonly project: string;
}

/**
 * @param word an id, or `latest`: what a restore has put aside is none
 * @returns undefined where no such backup lies here
 * @throws TowlineError RESTORE_NO_BACKUP where there cannot be one; BACKUP_MANIFEST
 */
export async function backupHere(
  { root, app, project }: BackupsOfApp,
  word: string,
): Promise<BackupManifest | undefined> {
  const { backups, damaged } = await backupsOf(root, project);
  if (word === 'latest') {
    const newest = backups.find(({ cause }) => cause !== 'aside');
    if (newest !== undefined) return newest;
    throw new TowlineError('RESTORE_NO_BACKUP', `no backup of ${app} lies in ${path.join(root, project)}`);
  }
  if (!isBackupId(word)) throw new TowlineError('RESTORE_NO_BACKUP', `${word} is no id of a backup`);
  const isHere = [...backups, ...damaged].some(({ id }) => id === word);
  return isHere ? await readManifest(root, project, word) : undefined;
}

export interface ChosenBackup {
  readonly word: string;
  readonly migrate: boolean;
  /** Of the project. */
  readonly record: ProjectRecord;
  readonly owner: { readonly fleet: string; readonly device: string };
}

/**
 * One that is not here may be at the store of the app: the pass asks it.
 * @returns its id, or that of what was put aside
 * @throws TowlineError RESTORE_NO_BACKUP, RESTORE_OTHER, RESTORE_OTHER_RELEASE, BACKUP_MANIFEST
 */
export async function chosenBackup(
  of: BackupsOfApp,
  { word, migrate, record, owner }: ChosenBackup,
): Promise<string> {
  const { restored, lastGood } = record;
  if (word === 'aside' || asideStampOf(word) !== undefined) {
    if (restored?.state === 'begun') return word === 'aside' ? asideId(restored.stamp) : word;
    throw new TowlineError(
      'RESTORE_NO_BACKUP',
      `nothing is aside: ${of.app} has been healthy since its last restore, or had none`,
    );
  }
  const manifest = await backupHere(of, word);
  if (manifest === undefined) return word;
  const { id, fleet, device, app, release } = manifest;
  const [whose, ours] = [`${fleet} ${device} ${app}`, `${owner.fleet} ${owner.device} ${of.app}`];
  if (whose !== ours)
    throw new TowlineError('RESTORE_OTHER', `backup ${id} is that of ${whose}, and this is ${ours}`);
  if (lastGood === undefined || release === lastGood.release || migrate) return id;
  const [kept, has] = [release ?? 'none', lastGood.release ?? 'none'];
  throw new TowlineError(
    'RESTORE_OTHER_RELEASE',
    `backup ${id} is of release ${kept}, and the app has ${has}`,
  );
}
