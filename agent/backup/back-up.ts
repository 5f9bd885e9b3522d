/** Makes a backup of an app: one tar for each volume, the state that ran, and the manifest. */
import path from 'node:path';
import { type BackedUpVolume, type BackupManifest, backupId } from '../../core/backup/manifest.ts';
import type { BackupSettings } from '../../core/backup/settings.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { type RunContext, targetOf } from '../runtime/engine/run-context.ts';
import { backupsOf, NewBackup, projectBackups, removeRubbish } from './backup-folder.ts';
import type { DataRoom } from './data-room.ts';
import { whileGrowing } from './growing-file.ts';
import { removeSuperfluous } from './keep.ts';
import { whilePaused } from './paused.ts';
import { checkRoom, type RoomAsk, whileRoomIsLeft } from './room-left.ts';
import { archiveVolume } from './volume-archive.ts';

/** One backup that is made. */
interface Making {
  readonly room: DataRoom;
  readonly step: StepOf<'back-up'>;
  readonly context: RunContext;
  /** What ran. */
  readonly project: DesiredProject;
  /** What is to come. */
  readonly target: DesiredProject;
  readonly settings: BackupSettings;
  readonly id: string;
  readonly atMs: number;
  readonly beganMs: number;
}

/**
 * When it resolves, the backup is on the disk and noted for the update that it was made for.
 * @throws TowlineError BACKUP_FAILED, BACKUP_NO_SPACE, BACKUP_TIMEOUT, BACKUP_HELPER, ENGINE_…
 */
export async function backUp(
  room: DataRoom,
  step: StepOf<'back-up'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, log } = context;
  const target = targetOf(context, step.project);
  const project = (await store.record(step.project)).lastGood ?? target;
  const settings = target.backup;
  if (settings === undefined)
    throw new TowlineError('BACKUP_FAILED', `nothing says what of ${step.project} is backed up`);
  const making = { room, step, context, project, target, settings, beganMs: clock.monotonic() };
  try {
    const before = await prepare(making);
    let atMs = clock.now();
    // One a second has a name of its own.
    while (before.ids.has(backupId(atMs, project.digest))) atMs += 1_000;
    const id = backupId(atMs, project.digest);
    const bytes = await make({ ...making, id, atMs }, before.ask, signal);
    if (step.cause === 'upgrade')
      await store.update(step.project, { backedUp: { id, before: target.digest } });
    log.info({ project: step.project, backup: id, bytes }, 'backed up');
  } catch (error) {
    signal.throwIfAborted();
    throw named(error, step.project);
  }
  await keep(making);
}

/** @returns what is there already, and what room it takes. @throws TowlineError BACKUP_NO_SPACE */
async function prepare({
  room,
  step,
  context,
}: Omit<Making, 'id' | 'atMs'>): Promise<{ ids: ReadonlySet<string>; ask: RoomAsk }> {
  const { backupDirectory: root } = room;
  await removeRubbish(root, step.project);
  const { backups, damaged } = await backupsOf(root, step.project);
  const folder = await NewBackup.folderOf(root, step.project);
  const last = backups[0]?.volumes.reduce((sum, { bytes }) => sum + bytes, 0);
  const ask = { folder, project: step.project, expectedBytes: step.expected?.bytes ?? last ?? 0 };
  await checkRoom(context, ask);
  return { ids: new Set([...backups, ...damaged].map(({ id }) => id)), ask };
}

/** @returns its bytes */
async function make(making: Making, ask: RoomAsk, signal: AbortSignal): Promise<number> {
  const { room, step, context, project, id } = making;
  const backup = await NewBackup.begin(room.backupDirectory, step.project, id);
  try {
    const volumes = await whileRoomIsLeft(
      context,
      ask,
      limited => whileStill(making, () => archiveAll(making, backup, limited), limited),
      signal,
    );
    for (const { file } of volumes) await backup.closeFile(file);
    signal.throwIfAborted();
    await backup.writeProject(project);
    await backup.finish(manifestOf(making, volumes));
    return volumes.reduce((sum, { bytes }) => sum + bytes, 0);
  } catch (error) {
    await backup.remove().catch(() => undefined);
    throw error;
  }
}

/** With mode `pause` who holds the volumes stands still; with `stop` the plan has stopped them. */
function whileStill<Result>(
  { step, context }: Making,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  if (step.mode !== 'pause') return work();
  const names = new Set(step.volumes.map(({ name }) => name));
  const holders = context.observed.containers.filter(
    ({ project, state, mounts }) =>
      project === step.project && state === 'running' && mounts?.volumes.some(name => names.has(name)),
  );
  return whilePaused(context, holders, work, signal);
}

async function archiveAll(making: Making, backup: NewBackup, signal: AbortSignal): Promise<BackedUpVolume[]> {
  const { room, step, context, settings, beganMs } = making;
  const { clock, log } = context;
  const { project, mode } = step;
  const volumes: BackedUpVolume[] = [];
  for (const [index, volume] of step.volumes.entries()) {
    const file = fileOf(volume.key, index);
    await backup.makeFile(file);
    const timeoutMs = Math.max(1, settings.timeoutMs - (clock.monotonic() - beganMs));
    const isLive = mode === 'live' || mode === 'hook';
    const archive = { project, volume, folder: backup.folder, file, isLive, timeoutMs };
    const work = () => archiveVolume({ ...context, room }, archive, signal);
    const { result, digest } = await whileGrowing(path.join(backup.folder, file), work, clock);
    const { contentBytes, changed } = result;
    if (changed > 0)
      log.warn({ project, volume: volume.key, changed }, 'files changed while they were backed up');
    volumes.push({ ...volume, file, contentBytes, ...digest });
  }
  return volumes;
}

/** No option of a command, nothing hidden, and no name that is too long. */
function fileOf(key: string, index: number): string {
  const isPlain = /^[A-Za-z0-9_]/.test(key) && key.length <= 200;
  return `${isPlain ? key : `_${index}`}.tar.zst`;
}

function manifestOf(making: Making, volumes: readonly BackedUpVolume[]): BackupManifest {
  const { step, context, project, target, id, atMs, beganMs } = making;
  const { owner, clock } = context;
  return {
    ...{ version: 1, id, fleet: owner.fleet, device: owner.device, app: project.app, project: project.name },
    ...(project.release === undefined ? {} : { release: project.release }),
    ...{ digest: project.digest, cause: step.cause },
    ...(step.cause === 'upgrade' ? { before: target.digest } : {}),
    ...{ mode: step.mode, atMs, tookMs: Math.round(clock.monotonic() - beganMs) },
    ...{ services: step.services, volumes },
  };
}

/** The new one is there: that old ones stay is said, and harms nothing. */
async function keep({ room, step, context, target, settings }: Omit<Making, 'id' | 'atMs'>): Promise<void> {
  const { store, clock, log } = context;
  const root = projectBackups(room.backupDirectory, step.project);
  try {
    const record = await store.record(step.project);
    const ask = { root: room.backupDirectory, project: target, settings, record, nowMs: clock.now() };
    const gone = await removeSuperfluous(ask);
    if (gone.length > 0) log.info({ project: step.project, backups: gone }, 'old backups removed');
  } catch (error) {
    log.warn({ folder: root, error: messageOf(error) }, 'old backups cannot be removed');
  }
}

function named(error: unknown, project: string): unknown {
  if (error instanceof TowlineError) return error;
  const message = `${project} is not backed up: ${messageOf(error)}`;
  if (isDiskFull(error)) return new TowlineError('BACKUP_NO_SPACE', message, { cause: error });
  return new TowlineError('BACKUP_FAILED', message, { cause: error });
}
