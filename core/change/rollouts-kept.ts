/** What a change must not do to rollouts that are under way: the walk does not look at what files say. */

import { FleetProblems } from '../errors.ts';
import {
  conflictProblems,
  emptyStageProblems,
  hastened,
  rolloutEdits,
  takenBack,
} from '../rollout/change-check.ts';
import { movedApps } from '../rollout/finish.ts';
import { type Changes, type FilesAt, loadAt, withChanges } from './changed-files.ts';

/**
 * As `validate` and the hook ask it, which a commit that a verb makes does not pass.
 * @param mayDowngrade devices of open stages may go back, others get a release before their stage opens
 * @throws FleetProblems ROLLOUT_DOWNGRADE, ROLLOUT_MOVES_DEVICES, ROLLOUT_CHANGED, ROLLOUT_CONFLICT; ROLLOUT_STAGE_EMPTY of a
 *   rollout that it writes
 */
export async function assertRolloutsKept(
  before: FilesAt,
  changes: Changes,
  mayDowngrade: boolean,
  after = withChanges(before, changes),
): Promise<void> {
  if (!(await hasRollouts(before)) && ![...changes.keys()].some(path => path.startsWith('rollouts/'))) return;
  const [{ fleet: old }, { fleet: now }] = [await loadAt(before), await loadAt(after)];
  if (old === undefined || now === undefined) return;
  const known = new Set(conflictProblems(old).map(({ message }) => message));
  const moved = mayDowngrade || old.rollouts.size === 0 ? [] : movedApps(old, now);
  const problems = [
    ...rolloutEdits(old, now).problems,
    ...(mayDowngrade ? [] : [...takenBack(old, now, moved).problems, ...hastened(old, now, moved)]),
    ...emptyStageProblems(now, old).filter(({ position }) => changes.has(position.file)),
    ...conflictProblems(now).filter(({ message }) => !known.has(message)),
  ];
  if (problems.length > 0) throw new FleetProblems(problems);
}

async function hasRollouts({ files, commit }: FilesAt): Promise<boolean> {
  for await (const { path } of files.list(commit, 'rollouts')) return path !== '';
  return false;
}
