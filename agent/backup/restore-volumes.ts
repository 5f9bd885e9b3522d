/** Puts what was unpacked in the place of what is there. Whatever cuts it off, the same again ends it. */
import type { RestoreNote } from '../../core/backup/restore-note.ts';
import { restoreStamp } from '../../core/backup/restore-note.ts';
import { TowlineError } from '../../core/errors.ts';
import type { StepOf } from '../../core/plan/step.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';
import { holdersOf, makeBeside, mountpointOf, removeBeside } from './beside-volumes.ts';
import type { DataRoom } from './data-room.ts';
import { exchangeVolumes } from './exchange.ts';
import { withoutRestart } from './restart-policies.ts';
import { noteRestored } from './unpack-backup.ts';

/** Nobody of the project may be up: the engine starts some by itself. @throws TowlineError ENGINE_STALE, RESTORE_IN_USE */
async function assertDown(
  context: RunContext,
  project: string,
  { volumes }: RestoreNote,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = volumes.map(({ name }) => name);
  const holders = await holdersOf(context, { project, volumes: names }, signal);
  const running = holders.find(({ isUp }) => isUp);
  if (running !== undefined)
    throw new TowlineError('ENGINE_STALE', `container ${running.name} is up, and its data is to be put back`);
  return holders.map(({ id }) => id);
}

/** Where the engine has all of them. What is to come may have been pruned: then it is unpacked anew. */
async function placesOf(
  context: RunContext,
  project: string,
  note: RestoreNote,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const { store, clock } = context;
  const places = new Map<string, string>();
  for (const { key, name, fresh, aside } of note.volumes) {
    const unpacked = await mountpointOf(context, fresh, signal);
    if (unpacked === undefined) {
      const stamp = restoreStamp(clock.now());
      if (note.cause === 'rollback') await store.noteFirst(project, { takeBack: { backup: note.backup } });
      await store.restores.note(project, { ...note, stamp, phase: 'asked', volumes: [] });
      throw new TowlineError('ENGINE_STALE', `volume ${fresh} is gone, and is unpacked again`);
    }
    const what = `aside-${note.stamp}`;
    await makeBeside(context, { project, key, name: aside, what }, signal);
    places.set(fresh, unpacked);
    for (const each of [name, aside]) {
      const place = await mountpointOf(context, each, signal);
      if (place === undefined) throw new TowlineError('ENGINE_STALE', `volume ${each} is gone`);
      places.set(each, place);
    }
  }
  return places;
}

/** @throws TowlineError BACKUP_…, RESTORE_…, AGENT_DISK_FULL, ENGINE_… */
export async function restoreVolumes(
  room: DataRoom,
  { project }: StepOf<'restore-volumes'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, owner, store } = context;
  const note = await store.restores.of(project);
  if (note === undefined || note === 'damaged' || note.phase !== 'unpacked')
    throw new TowlineError('ENGINE_STALE', `nothing of ${project} is unpacked`);
  await noteRestored(context, project, note);
  const holders = await assertDown(context, project, note, signal);
  const mountpoints = await placesOf(context, project, note, signal);
  const { volumes } = note;
  await withoutRestart(context, holders, signal, async () => {
    await assertDown(context, project, note, signal);
    await exchangeVolumes({ engine, owner, room }, { project, volumes, mountpoints }, signal);
    // One that came up meanwhile may have what was there before: it is stopped, and started again.
    await assertDown(context, project, note, signal);
  });
  await store.restores.clear(project);
  for (const { fresh } of volumes) await removeBeside(context, fresh, signal);
}
