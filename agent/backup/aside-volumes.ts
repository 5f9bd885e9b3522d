/** What an earlier restore has put aside, to be put back: it lies beside the volumes already, and nothing is unpacked. */
import {
  asideId,
  besideNames,
  type RestoredVolume,
  type RestoreNote,
} from '../../core/backup/restore-note.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import { ownVolumes } from '../../core/plan/restore-due.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';
import { assertPlain, holdersOf } from './beside-volumes.ts';

interface Question {
  readonly target: DesiredProject;
  /** Of the note of the restore that has put it aside. */
  readonly asideStamp: string;
  /** Of the one that puts it back. */
  readonly note: RestoreNote;
}

/**
 * Kept until the app has been healthy with what was put back: from then on volume after volume goes, and what is left is
 * no data of the app.
 * @throws TowlineError RESTORE_NO_BACKUP, RESTORE_VOLUME, RESTORE_IN_USE, ENGINE_…
 */
export async function asideVolumes(
  context: RunContext,
  { target, asideStamp, note }: Question,
  signal: AbortSignal,
): Promise<readonly RestoredVolume[]> {
  const { store, observed } = context;
  const { name: project, app } = target;
  const { restored } = await store.record(project);
  const keysOf = (stamp: string | undefined) =>
    (observed.beside ?? [])
      .filter(one => one.project === project && stamp !== undefined && one.what === asideId(stamp))
      .map(({ key }) => key);
  const keys = keysOf(asideStamp);
  const newest = keysOf(restored?.stamp);
  if (keys.length === 0 || restored?.state !== 'begun' || newest.some(key => !keys.includes(key)))
    throw new TowlineError('RESTORE_NO_BACKUP', `${asideId(asideStamp)} of ${app} is not kept any more`);
  const own = new Map(ownVolumes(target).map(({ key, name }) => [key, name]));
  const volumes = keys.map((key): RestoredVolume => {
    const name = own.get(key);
    if (name === undefined)
      throw new TowlineError('RESTORE_VOLUME', `${app} has no volume ${key} of its own any more`);
    const { aside: fresh } = besideNames(name, asideStamp);
    return { key, name, fresh, aside: besideNames(name, note.stamp).aside };
  });
  await holdersOf(context, { project, volumes: volumes.map(({ name }) => name) }, signal);
  for (const volume of volumes) await assertPlain(context, target, volume, signal);
  return volumes;
}
