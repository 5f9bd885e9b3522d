/** Unpacks a backup beside the volumes of its app, which runs on meanwhile. */
import path from 'node:path';
import {
  asideStampOf,
  besideNames,
  type RestoredVolume,
  type RestoreNote,
  restoreStamp,
} from '../../core/backup/restore-note.ts';
import { TowlineError } from '../../core/errors.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { type RunContext, targetOf } from '../runtime/engine/run-context.ts';
import { asideVolumes } from './aside-volumes.ts';
import { projectBackups } from './backup-folder.ts';
import { assertPlain, holdersOf, makeBeside, removeBeside } from './beside-volumes.ts';
import { removeFormer } from './data-container.ts';
import type { DataRoom } from './data-room.ts';
import { restoreSource } from './restore-source.ts';
import { unpackVolume } from './unpacked-volume.ts';

const defaultTimeoutMs = 60 * 60_000;

/** From here on it is decided, whatever is on the device: an agent that is killed goes on with it. */
function decide(step: StepOf<'unpack-backup'>, { store, clock }: RunContext): Promise<RestoreNote> {
  const { project, backup, cause, migrate } = step;
  return store.restores.change(project, before => {
    const known = before === undefined || before === 'damaged' ? undefined : before;
    if (known?.backup === backup && known.cause === cause && known.migrate === migrate) return known;
    if (known?.cause === 'person') throw askedOtherwise(project);
    const stamp = restoreStamp(clock.now());
    return { backup, cause, migrate, stamp, phase: 'asked', volumes: [] };
  });
}

function askedOtherwise(project: string): TowlineError {
  const message = `somebody at the device wants something else of the data of ${project} by now`;
  return new TowlineError('ENGINE_STALE', message);
}

/** All lies beside the volumes. @throws TowlineError ENGINE_STALE, AGENT_DISK_FULL */
async function noteUnpacked(
  { project, instead }: StepOf<'unpack-backup'>,
  { stamp }: RestoreNote,
  volumes: readonly RestoredVolume[],
  { store }: RunContext,
): Promise<void> {
  const unpacked = await store.restores.change(project, now => {
    if (now === undefined || now === 'damaged' || now.stamp !== stamp) throw askedOtherwise(project);
    const { tries: _tries, ...rest } = now;
    return { ...rest, ...(instead === undefined ? {} : { instead }), phase: 'unpacked', volumes };
  });
  await noteRestored({ store }, project, unpacked);
}

/** What the record says once all is unpacked: it is done for good, and only once. @throws TowlineError AGENT_DISK_FULL */
export async function noteRestored(
  { store }: Pick<RunContext, 'store'>,
  project: string,
  { backup, cause, instead, stamp }: RestoreNote,
): Promise<void> {
  const { restored } = await store.record(project);
  if (restored?.stamp === stamp) return;
  const asked = cause === 'request' ? backup : instead;
  await store.noteFirst(project, {
    restored: { backup, cause, stamp, state: 'begun' },
    ...(asked === undefined ? {} : { restoreAsked: { backup: asked } }),
    takeBack: undefined,
  });
}

/** @throws TowlineError BACKUP_…, RESTORE_…, AGENT_DISK_FULL, ENGINE_… */
export async function unpackBackup(
  room: DataRoom,
  step: StepOf<'unpack-backup'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, owner } = context;
  const { project, backup, migrate } = step;
  const target = targetOf(context, project);
  const note = await decide(step, context);
  const asideStamp = asideStampOf(backup);
  if (asideStamp !== undefined) {
    const volumes = await asideVolumes(context, { target, asideStamp, note }, signal);
    return noteUnpacked(step, note, volumes, context);
  }
  const source = await restoreSource(room, { target, backup, migrate }, context, signal);
  await holdersOf(context, { project, volumes: source.volumes.map(({ name }) => name) }, signal);
  for (const volume of source.volumes) await assertPlain(context, target, volume, signal);
  await removeFormer({ engine, owner, room }, { name: project }, signal);
  const timeoutMs = target.backup?.timeoutMs ?? defaultTimeoutMs;
  const folder = path.join(projectBackups(room.backupDirectory, project), backup);
  const volumes = source.volumes.map(volume => ({ ...volume, ...besideNames(volume.name, note.stamp) }));
  try {
    for (const { key, fresh } of volumes) {
      await removeBeside(context, fresh, signal);
      await makeBeside(context, { project, key, name: fresh, what: 'fresh' }, signal);
    }
    for (const { backedUp, fresh: into } of volumes)
      await unpackVolume({ engine, owner, room }, { project, folder, backedUp, into, timeoutMs }, signal);
  } catch (error) {
    // They may be what fills the disk.
    if (!signal.aborted)
      for (const { fresh } of volumes) await removeBeside(context, fresh, signal).catch(() => {});
    throw error;
  }
  const restored = volumes.map(({ key, name, fresh, aside }) => ({ key, name, fresh, aside }));
  await noteUnpacked(step, note, restored, context);
}
