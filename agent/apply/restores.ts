/** What becomes of an app's data when an update or a restore fails, and what is said of it. */
import { mustComeFirst, type RestoreNote } from '../../core/backup/restore-note.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { type ErrorCode, errorRegistry, isErrorCode, TowlineError } from '../../core/errors.ts';
import { hasRun } from '../../core/plan/has-run.ts';
import { nextTry } from '../../core/plan/next-try.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import type { Failure } from './failure.ts';
import type { Told } from './outcome.ts';
import type { ApplyOptions } from './run-plan.ts';

/**
 * An update has failed: whether its data goes back with it is noted before anything else is done.
 * @param begun its steps of this pass
 * @returns what is said of the data, or undefined where nothing was kept or the new version never ran
 */
export async function noteTakeBack(
  { store, observe, signal }: ApplyOptions,
  project: DesiredProject,
  begun: readonly EngineStep[],
): Promise<string | undefined> {
  const { lastGood, backedUp } = await store.record(project.name);
  if (lastGood === undefined || backedUp?.before !== project.digest) return undefined;
  if (!hasRun(project, lastGood, { observed: await observe(signal), begun })) return undefined;
  const { id } = backedUp;
  if (project.backup?.onRollback !== 'restore')
    return `its data is kept as it has left it, and backup ${id} has it as it was`;
  await store.update(project.name, { takeBack: { backup: id } });
  return `its data goes back to backup ${id}`;
}

/** A person may ask for another one at any time. */
const isOf =
  ({ stamp }: RestoreNote) =>
  (note: RestoreNote | 'damaged' | undefined): boolean =>
    note !== undefined && note !== 'damaged' && note.stamp === stamp;

/** A restore that cannot be done keeps no app from running: it has tries of its own. */
export async function restoreLater(
  { store, clock, log }: ApplyOptions,
  { name }: DesiredProject,
  { code, message }: Failure & { readonly code: ErrorCode },
): Promise<Told | undefined> {
  const note = await store.restores.of(name);
  if (note === undefined || note === 'damaged' || note.phase !== 'asked' || mustComeFirst(note))
    return undefined;
  // Who stands there is told, and asks anew: next year's disk is not what they had in mind.
  if (note.cause === 'person' && (errorRegistry[code].next === 'person' || code === 'RESTORE_NO_BACKUP')) {
    await store.restores.clear(name, isOf(note));
    return { state: 'degraded', code, message: `${message}; nothing was put back` };
  }
  const before = note.tries === undefined ? undefined : { ...note.tries, digest: note.backup };
  const { count, nextMs, words } = nextTry(before, note.backup, clock.now());
  try {
    await store.restores.change(name, now => {
      if (isOf(note)(now)) return { ...note, tries: { count, nextMs, code, message } };
      throw new TowlineError('ENGINE_STALE', 'something else is asked for by now');
    });
  } catch (error) {
    log.warn({ project: name, error: messageOf(error) }, 'the next try is not noted');
    return undefined;
  }
  return { state: 'degraded', code, message: `${message}; ${words}` };
}

export const isOfData = (code: string | undefined): code is ErrorCode =>
  isErrorCode(code) && (code.startsWith('RESTORE_') || code.startsWith('BACKUP_'));

/** Where the app is not healthy: that it waits for its data, or where that is which was there before. */
export async function dataWords({ store }: ApplyOptions, { app, name }: DesiredProject): Promise<string> {
  const note = await store.restores.of(name);
  if (note !== undefined && note !== 'damaged') {
    const isDown = note.phase === 'unpacked' || note.exchanging === true;
    if (isDown) return `; the app stays down until backup ${note.backup} is put back`;
    // The new one was not stopped, and is what there is meanwhile.
    if (note.cause === 'rollback')
      return `; the old version starts only when backup ${note.backup} is put back`;
  }
  const { restored } = await store.record(name);
  if (restored?.state !== 'begun') return '';
  return `; what was there before backup ${restored.backup} was put back is kept: towline agent backup restore ${app} aside-${restored.stamp}`;
}

/** A request that is not in the file any more is forgotten where nothing was done for it. */
export async function forgetRequest({ store }: ApplyOptions, project: DesiredProject): Promise<void> {
  const { name, restore } = project;
  const { restoreAsked, takeBack } = await store.record(name);
  if (restoreAsked?.unsure === true && restore === undefined)
    await store.update(name, { restoreAsked: undefined });
  const note = await store.restores.of(name);
  if (note === undefined || note === 'damaged' || note.phase !== 'asked' || note.cause === 'person') return;
  if (note.exchanging === true) return;
  const wanted = note.cause === 'request' ? restore : takeBack;
  if (wanted?.backup !== note.backup) await store.restores.clear(name, isOf(note));
}

/** Nobody here has an app that a person has asked for: it must not happen when the app comes in a year. */
export async function forgetStrays({ store, desired, log }: ApplyOptions): Promise<void> {
  const wanted = new Set(desired.projects.map(({ name }) => name));
  for (const [name, note] of await store.restores.now()) {
    if (wanted.has(name) || note === 'damaged' || note.phase !== 'asked') continue;
    if (note.exchanging === true) continue;
    if ((await store.record(name)).lastGood !== undefined) continue;
    await store.restores.clear(name, isOf(note));
    log.warn({ project: name, backup: note.backup }, 'a restore of an app that is not here is forgotten');
  }
}
