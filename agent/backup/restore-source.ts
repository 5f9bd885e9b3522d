/** The backup that is put back: on the device, or from a store; and whether it may be. */
import type { BackedUpVolume, BackupManifest } from '../../core/backup/manifest.ts';
import { isBackupId } from '../../core/backup/parse-manifest.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import { ownVolumes } from '../../core/plan/restore-due.ts';
import type { DataVolume } from '../../core/plan/step.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';
import { backupsOf, readManifest } from './backup-folder.ts';
import type { DataRoom } from './data-room.ts';

/** A volume of the app, and what the backup has of it. */
export interface VolumeSource extends DataVolume {
  readonly backedUp: BackedUpVolume;
}

export interface RestoreSource {
  readonly manifest: BackupManifest;
  readonly volumes: readonly VolumeSource[];
}

interface Question {
  readonly target: DesiredProject;
  readonly backup: string;
  readonly migrate: boolean;
}

/** @throws TowlineError RESTORE_NO_BACKUP, BACKUP_MANIFEST, and what a store says */
async function found(
  room: DataRoom,
  { target, backup }: Question,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const { backupDirectory: root, retrieve } = room;
  if (!isBackupId(backup)) throw new TowlineError('RESTORE_NO_BACKUP', `${backup} is no id of a backup`);
  const here = async () => {
    const { backups, damaged } = await backupsOf(root, target.name);
    const isThere = [...backups, ...damaged].some(({ id }) => id === backup);
    return isThere ? await readManifest(root, target.name, backup) : undefined;
  };
  const manifest = await here();
  if (manifest !== undefined) return manifest;
  const fetched = await retrieve?.(target.name, backup, signal);
  if (fetched !== undefined) return fetched;
  throw new TowlineError('RESTORE_NO_BACKUP', `backup ${backup} of ${target.app} is not here`);
}

/** @throws TowlineError RESTORE_OTHER, RESTORE_OTHER_RELEASE */
function assertOurs(
  { fleet, device, app, release, id }: BackupManifest,
  { target, migrate }: Question,
  { owner }: RunContext,
): void {
  const whose = [fleet, device, app].join(' ');
  const ours = [owner.fleet, owner.device, target.app].join(' ');
  if (whose !== ours)
    throw new TowlineError('RESTORE_OTHER', `backup ${id} is that of ${whose}, and this is ${ours}`);
  if (release === target.release || migrate) return;
  const has = target.release ?? 'none';
  throw new TowlineError(
    'RESTORE_OTHER_RELEASE',
    `backup ${id} is of release ${release ?? 'none'}, and the app has ${has}`,
  );
}

/**
 * @throws TowlineError RESTORE_NO_BACKUP, RESTORE_OTHER, RESTORE_OTHER_RELEASE, RESTORE_VOLUME, BACKUP_MANIFEST, and what a
 *   store says
 */
export async function restoreSource(
  room: DataRoom,
  question: Question,
  context: RunContext,
  signal: AbortSignal,
): Promise<RestoreSource> {
  const manifest = await found(room, question, signal);
  assertOurs(manifest, question, context);
  const own = new Map(ownVolumes(question.target).map(({ key, name }) => [key, name]));
  const volumes = manifest.volumes.flatMap(backedUp => {
    const name = own.get(backedUp.key);
    return name === undefined ? [] : [{ key: backedUp.key, name, backedUp }];
  });
  const { migrate, target } = question;
  const missing = manifest.volumes.filter(({ key }) => !own.has(key)).map(({ key }) => key);
  if (volumes.length === 0 || (missing.length > 0 && !migrate))
    throw new TowlineError('RESTORE_VOLUME', `${target.app} has no volume ${missing.join(', ')} of its own`);
  return { manifest, volumes };
}
