/** What is remembered of a project that has become healthy. */
import type { DesiredProject } from '../../core/desired/state.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import { withoutSetAside } from '../../core/plan/set-aside.ts';

/** What failed or waits stays so while something else is desired; the same digest coming good takes it back. */
export function goodRecord(
  { attempts, loop, starting, ...before }: ProjectRecord,
  { restore, ...project }: DesiredProject,
): ProjectRecord {
  const { restored, scheduled, backupTries, backupMissing } = before;
  const restoreAsked = askedBy(before, restore);
  return {
    lastGood: project,
    ...withoutSetAside(before, project.digest),
    ...(attempts === undefined || attempts.digest === project.digest ? {} : { attempts }),
    ...(loop === undefined ? {} : { loop }),
    ...(starting === undefined ? {} : { starting }),
    ...(scheduled === undefined ? {} : { scheduled }),
    ...(backupTries === undefined ? {} : { backupTries }),
    ...(backupMissing === undefined ? {} : { backupMissing }),
    ...(restored === undefined ? {} : { restored: { ...restored, state: 'done' } }),
    ...(restoreAsked === undefined ? {} : { restoreAsked }),
  };
}

/** From now on the device remembers the app: what was not carried out until here must not look as if it could be. */
function askedBy(
  { lastGood, restoreAsked }: ProjectRecord,
  restore: DesiredProject['restore'],
): ProjectRecord['restoreAsked'] {
  const isNew = restore !== undefined && restoreAsked?.backup !== restore.backup;
  return lastGood === undefined && isNew ? { backup: restore.backup, unsure: true } : restoreAsked;
}
