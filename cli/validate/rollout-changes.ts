/** Rollouts of a change: what it does to those that are under way, and whom each stage has. */
import type { Problem } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { movedBy, movedWord } from '../../core/fleet/rollout-files.ts';
import {
  emptyStageProblems,
  hastened,
  rolloutEdits,
  rolloutsOf,
  takenBack,
} from '../../core/rollout/change-check.ts';
import { movedApps } from '../../core/rollout/finish.ts';
import { membersOf } from '../../core/rollout/members.ts';
import { openSnapshot } from '../desk/repository.ts';
import { baseOf, type Question } from './base-commit.ts';
import { oldPinWarnings } from './old-pins.ts';

/** Whom a stage of a rollout has. */
interface StageCount {
  readonly name: string;
  readonly open: boolean;
  readonly devices: number;
}

export interface RolloutCounts {
  readonly app: string;
  readonly name: string;
  readonly to: string;
  readonly stages: readonly StageCount[];
  readonly pinned: number;
}

export interface RolloutFindings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly counts: readonly RolloutCounts[];
  /** What people do on purpose, a sentence each. */
  readonly said: readonly string[];
}

/** The fleet before the change, as far as it can be read; undefined: there is none. */
async function fleetBefore(question: Question): Promise<Fleet | undefined> {
  const base = await baseOf(question);
  if (base === undefined) return undefined;
  await using before = await openSnapshot({ repo: question.gitDirectory, commit: base });
  let hasRollouts = question.fleet.rollouts.size > 0;
  for await (const { path } of before.files.list(before.commit, 'rollouts')) {
    hasRollouts ||= path !== '';
    break;
  }
  return hasRollouts ? (await loadFleet(before.files, before.commit)).fleet : undefined;
}

/** @param mayDowngrade devices of open stages may go back, others get a release before their stage opens */
export async function rolloutFindings(question: Question, mayDowngrade: boolean): Promise<RolloutFindings> {
  const { fleet } = question;
  const before = await fleetBefore(question);
  const edits = before === undefined ? undefined : rolloutEdits(before, fleet);
  const moved = before === undefined || before.rollouts.size === 0 ? [] : movedApps(before, fleet);
  const back = before === undefined ? undefined : takenBack(before, fleet, moved);
  const refused = before === undefined ? [] : [...(back?.problems ?? []), ...hastened(before, fleet, moved)];
  return {
    problems: [
      ...emptyStageProblems(fleet, before),
      ...(edits?.problems ?? []),
      ...(mayDowngrade ? [] : refused),
    ],
    warnings: [...(await oldPinWarnings(question)), ...(mayDowngrade ? refused : [])],
    counts: countsOf(fleet),
    said: [...(edits?.said ?? []), ...(back?.said ?? [])],
  };
}

function countsOf(fleet: Fleet): RolloutCounts[] {
  return rolloutsOf(fleet).flatMap(rollout => {
    const { to, stages, stage, aborted } = rollout.file.value;
    const app = movedBy(rollout.file.value);
    if (aborted === true) return [];
    const members = [...membersOf(fleet, rollout).values()];
    const counted = stages.map(({ name }, index) => ({
      name,
      open: index < stage,
      devices: members.filter(member => member.stage === index + 1 && member.kind === 'takes').length,
    }));
    const pinned = members.filter(({ kind }) => kind === 'pinned').length;
    return [{ app, name: rollout.name, to, stages: counted, pinned }];
  });
}

/** In a line, for people. */
export function countWords({ app, name, to, stages, pinned }: RolloutCounts): string {
  const each = stages.map(stage => `${stage.name} ${stage.devices}${stage.open ? ' (open)' : ''}`);
  return `rollout ${name} of ${movedWord(app)} to ${to}: ${each.join(', ')}${pinned === 0 ? '' : `; ${pinned} pinned`}`;
}
