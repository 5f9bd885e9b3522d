/** Puts what was unpacked in the place of what is there. Whatever cuts it off, the same again ends it. */
import type { RestoreNote } from '../../core/backup/restore-note.ts';
import { asideStampOf, restoreStamp } from '../../core/backup/restore-note.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { isAsDefined } from '../../core/plan/adopted.ts';
import { serviceDefinition } from '../../core/plan/service-definition.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { type RunContext, targetOf } from '../runtime/engine/run-context.ts';
import { holdersOf, makeBeside, mountpointOf, removeBeside } from './beside-volumes.ts';
import { removeFormer } from './data-container.ts';
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

/** It is unpacked again, and nothing is exchanged before. @throws TowlineError AGENT_DISK_FULL, ENGINE_… */
async function unpackAgain(
  context: RunContext,
  project: string,
  note: RestoreNote,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = context;
  const stamp = restoreStamp(clock.now());
  if (note.cause === 'rollback') await store.noteFirst(project, { takeBack: { backup: note.backup } });
  await store.restores.note(project, { ...note, stamp, phase: 'asked', volumes: [] });
  // What was put aside is all that there is of it.
  if (asideStampOf(note.backup) !== undefined) return;
  for (const { fresh } of note.volumes) await removeBeside(context, fresh, signal);
}

/** Where the engine has all of them. What is to come may have been pruned: then it is unpacked anew. */
async function placesOf(
  context: RunContext,
  project: string,
  note: RestoreNote,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const { key, name, fresh, aside } of note.volumes) {
    const unpacked = await mountpointOf(context, fresh, signal);
    if (unpacked === undefined) {
      await unpackAgain(context, project, note, signal);
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

/** A full disk does not keep it: the app is down, and what was there may be what fills it. */
async function noteExchanging({ store }: RunContext, project: string, note: RestoreNote): Promise<void> {
  if (note.exchanging === true) return;
  try {
    await store.restores.note(project, { ...note, exchanging: true });
  } catch (error) {
    if (!isTowlineError(error, 'AGENT_DISK_FULL')) throw error;
  }
}

/** As `assertDown`. While nothing was exchanged the app runs on with what it has where somebody else holds a volume. */
async function assertFree(
  context: RunContext,
  project: string,
  note: RestoreNote,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await assertDown(context, project, note, signal);
  } catch (error) {
    if (isTowlineError(error, 'RESTORE_IN_USE') && note.exchanging !== true)
      await unpackAgain(context, project, note, signal);
    throw error;
  }
}

/** Containers that stay: the others, such as those of an update that failed, must not see what is put back. */
function stayingIn(context: RunContext, project: string): ReadonlySet<string> {
  const target = targetOf(context, project);
  const hashes = new Map(
    Object.keys(target.model.services).map(service => [service, serviceDefinition(target, service).hash]),
  );
  const staying = context.observed.containers.filter(
    one => one.project === project && isAsDefined(one, hashes.get(one.service) ?? ''),
  );
  return new Set(staying.map(({ id }) => id));
}

/** @throws TowlineError BACKUP_…, RESTORE_…, AGENT_DISK_FULL, ENGINE_… */
export async function restoreVolumes(
  room: DataRoom,
  { project }: StepOf<'restore-volumes'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, owner, store } = context;
  const host = { engine, owner, room };
  const note = await store.restores.of(project);
  if (note === undefined || note === 'damaged' || note.phase !== 'unpacked')
    throw new TowlineError('ENGINE_STALE', `nothing of ${project} is unpacked`);
  await noteRestored(context, project, note);
  await removeFormer(host, { name: project }, signal);
  const holders = await assertFree(context, project, note, signal);
  const { volumes } = note;
  const staying = stayingIn(context, project);
  let mountpoints = new Map<string, string>();
  await withoutRestart(context, holders, signal, {
    mayStart: id => staying.has(id),
    async prepare() {
      await assertFree(context, project, note, signal);
      mountpoints = await placesOf(context, project, note, signal);
      await noteExchanging(context, project, note);
    },
    async exchange() {
      await exchangeVolumes(host, { project, volumes, mountpoints }, signal);
      // One that came up meanwhile may have what was there before: it is stopped, and started again.
      await assertDown(context, project, note, signal);
    },
  });
  await store.restores.clear(project);
  for (const { fresh } of volumes) await removeBeside(context, fresh, signal);
}
