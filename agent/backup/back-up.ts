/** Makes a backup of an app: one tar for each volume, the state that ran, and the manifest. */
import type { BackedUpVolume, BackupManifest } from '../../core/backup/manifest.ts';
import { backupId } from '../../core/backup/manifest.ts';
import type { BackupSettings } from '../../core/backup/settings.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { type RunContext, targetOf } from '../runtime/engine/run-context.ts';
import { backupsOf, NewBackup, removeUnfinishedBackups } from './backup-folder.ts';
import type { DataRoom } from './data-room.ts';
import { archiveVolume } from './volume-archive.ts';

interface Ran {
  readonly project: DesiredProject;
  readonly settings: BackupSettings;
  readonly atMs: number;
  readonly id: string;
}

/** @throws TowlineError BACKUP_FAILED, BACKUP_NO_SPACE, BACKUP_TIMEOUT, BACKUP_HELPER, ENGINE_… */
export async function backUp(
  room: DataRoom,
  step: StepOf<'back-up'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = context;
  const target = targetOf(context, step.project);
  const project = (await store.record(step.project)).lastGood ?? target;
  const settings = target.backup;
  if (settings === undefined)
    throw new TowlineError('BACKUP_FAILED', `nothing says what of ${step.project} is backed up`);
  await removeUnfinishedBackups(room.backupDirectory, step.project);
  const { backups } = await backupsOf(room.backupDirectory, step.project);
  let atMs = clock.now();
  // One a second has a name of its own.
  while (backups.some(({ id }) => id === backupId(atMs, project.digest))) atMs += 1_000;
  const ran = { project, settings, atMs, id: backupId(atMs, project.digest) };
  try {
    await make(room, { step, ran, target }, context, signal);
  } catch (error) {
    const named = namedIfDiskFull(error);
    if (named === error) throw error;
    throw new TowlineError('BACKUP_NO_SPACE', `the disk is full: ${step.project} is not backed up`, {
      cause: error,
    });
  }
  if (step.cause === 'upgrade')
    await store.update(step.project, { backedUp: { id: ran.id, before: target.digest } });
}

interface Making {
  readonly step: StepOf<'back-up'>;
  readonly ran: Ran;
  readonly target: DesiredProject;
}

async function make(
  room: DataRoom,
  { step, ran, target }: Making,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, owner, clock, log } = context;
  const { project, settings, id, atMs } = ran;
  const beganMs = clock.monotonic();
  const backup = await NewBackup.begin(room.backupDirectory, step.project, id);
  try {
    const volumes: BackedUpVolume[] = [];
    for (const volume of step.volumes) {
      const file = `${volume.key}.tar.zst`;
      await backup.makeFile(file);
      const timeoutMs = settings.timeoutMs - (clock.monotonic() - beganMs);
      const isLive = step.mode === 'live' || step.mode === 'hook';
      const archive = { project: step.project, volume, folder: backup.folder, file, isLive, timeoutMs };
      const { contentBytes, changed } = await archiveVolume({ engine, owner, room }, archive, signal);
      if (changed > 0)
        log.warn({ project: step.project, volume: volume.key, changed }, 'files changed while read');
      volumes.push({ ...volume, file, contentBytes, ...(await backup.closeFile(file, signal)) });
    }
    await backup.writeProject(project);
    const manifest: BackupManifest = {
      ...{
        version: 1,
        id,
        fleet: owner.fleet,
        device: owner.device,
        app: project.app,
        project: project.name,
      },
      ...(project.release === undefined ? {} : { release: project.release }),
      ...{ digest: project.digest, cause: step.cause },
      ...(step.cause === 'upgrade' ? { before: target.digest } : {}),
      ...{ mode: step.mode, atMs, tookMs: clock.monotonic() - beganMs, services: step.services, volumes },
    };
    await backup.finish(manifest);
  } catch (error) {
    await backup.remove().catch(() => undefined);
    throw error;
  }
}
