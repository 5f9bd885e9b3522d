/** What people do with a rollout that is there: one line or two of its file change. */
import type { RolloutFile } from '../../schemas/types.generated.ts';
import { parseDuration } from '../duration.ts';
import { TowlineError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { instantOf } from '../rollout/board.ts';
import { editedRollout, type RolloutEdit } from '../rollout/edited.ts';
import { withinMsOf } from '../rollout/gate.ts';
import { membersOf } from '../rollout/members.ts';
import { type KeyedRollout, namedRollout } from '../rollout/named-rollout.ts';
import { defaultHold } from '../rollout/stage.ts';
import { someOf } from '../some-of.ts';
import { type FilesAt, textAt } from './changed-files.ts';
import { fleetOf } from './fleet-of.ts';
import type { Intent } from './intent.ts';

export interface RolloutDeed {
  /** @returns undefined: it is so already. What it throws keeps it from being done. */
  edit(rollout: KeyedRollout, fleet: Fleet): RolloutEdit | undefined;
  message(rollout: KeyedRollout): string;
  question?(rollout: KeyedRollout, fleet: Fleet): string | undefined;
}

export interface IntendedDeed {
  /** undefined: it is so already. */
  readonly intent: Intent | undefined;
  readonly rollout: KeyedRollout;
}

/** @param name of the rollout, or `app/name`. @throws TowlineError ROLLOUT_UNKNOWN; FleetProblems; what `edit` throws */
export async function intendDeed(
  { edit, message, question }: RolloutDeed,
  name: string,
  at: FilesAt,
): Promise<IntendedDeed> {
  const fleet = await fleetOf(at);
  const rollout = namedRollout(fleet, name);
  const change = edit(rollout, fleet);
  if (change === undefined) return { intent: undefined, rollout };
  const { path } = rollout.file;
  const text = editedRollout(path, await textAt(at, path), change);
  const files = new Map([[path, text]]);
  return { rollout, intent: { files, message: message(rollout), question: question?.(rollout, fleet) } };
}

/** `now`: though the hold of the stage before is not over. */
export type PromotedBy = 'hold' | 'now';

export const promotion = (by: PromotedBy, nowMs: () => number): RolloutDeed => ({
  edit: found => nextStage(found, by, nowMs()),
  message: found => `Rollout ${found.key}: ${stageWords(found)}, gets ${found.file.value.to}`,
});

/** The stage that comes next, in words. */
export function stageWords({ file }: KeyedRollout): string {
  const { stage, stages } = file.value;
  return `stage ${stage + 1} of ${stages.length}, ${stages[stage]?.name}`;
}

/** @throws TowlineError ROLLOUT_NOT_OPEN, ROLLOUT_NOT_YET */
function nextStage({ key, file }: KeyedRollout, by: PromotedBy, nowMs: number): RolloutEdit {
  const { stage, stages, since, paused, aborted } = file.value;
  if (aborted === true || paused === true)
    throw new TowlineError('ROLLOUT_NOT_OPEN', `${key} is ${aborted === true ? 'aborted' : 'paused'}`);
  if (stage >= stages.length)
    throw new TowlineError('ROLLOUT_NOT_OPEN', `${key}: all ${stages.length} stages are open`);
  const { hold = defaultHold } = stages[stage - 1] ?? {};
  const untilMs = stage === 0 ? 0 : Date.parse(since ?? '') + parseDuration(hold);
  if (by === 'hold' && nowMs < untilMs)
    throw new TowlineError('ROLLOUT_NOT_YET', `${key}: stage ${stage} is held until ${instantOf(untilMs)}`);
  return { stage: stage + 1, since: instantOf(nowMs) };
}

const because = (reason: string | undefined) => (reason === undefined ? '' : `\n\n${reason}`);

export const pausing = (reason: string | undefined): RolloutDeed => ({
  edit: ({ file }) =>
    file.value.paused === true ? undefined : { paused: true, ...(reason === undefined ? {} : { reason }) },
  message: ({ key }) => `Rollout ${key} is paused${because(reason)}`,
});

export const resumption = (nowMs: () => number): RolloutDeed => ({
  edit: ({ key, file }) => {
    if (file.value.aborted === true)
      throw new TowlineError('ROLLOUT_NOT_OPEN', `${key} is aborted: begin another one`);
    if (file.value.paused !== true) return undefined;
    return { paused: false, reason: undefined, ...timeAnew(file.value, nowMs()) };
  },
  message: ({ key }) => `Rollout ${key} goes on`,
});

/** Its devices are given as long as at first where that time is over: a bot would pause it again at once. */
function timeAnew({ stage, stages, since }: RolloutFile, nowMs: number): RolloutEdit {
  if (stage === 0 || since === undefined) return {};
  const isOver = nowMs >= Date.parse(since) + withinMsOf(stages[stage - 1]?.gate);
  return isOver ? { since: instantOf(nowMs) } : {};
}

/** Who goes back where a rollout is taken back. */
export interface Back {
  /** Of open stages. */
  readonly devices: readonly string[];
  /** What it has brought changes data so that no earlier release reads it: who has it stays on it. */
  readonly isOneWay: boolean;
}

function backFrom(fleet: Fleet, rollout: KeyedRollout): Back {
  const { app = '', to, stage } = rollout.file.value;
  const devices = [...membersOf(fleet, rollout)].flatMap(([id, member]) =>
    member.kind === 'takes' && member.stage <= stage ? [id] : [],
  );
  return { devices, isOneWay: fleet.apps.get(app)?.releases.get(to)?.value.migration === 'one-way' };
}

/** @param onBack hears who goes back */
export const abortion = (reason: string | undefined, onBack: (back: Back) => void): RolloutDeed => ({
  edit: (found, fleet) => {
    if (found.file.value.aborted === true) return undefined;
    onBack(backFrom(fleet, found));
    return { aborted: true, ...(reason === undefined ? {} : { reason }) };
  },
  question: (found, fleet) => `${found.key} is aborted: ${backWords(backFrom(fleet, found))}.`,
  message: ({ key }) => `Rollout ${key} is aborted${because(reason)}`,
});

export function backWords({ devices, isOneWay }: Back): string {
  if (devices.length === 0) return 'no device had it';
  const count = `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`;
  const how = isOneWay ? 'cannot go back' : 'go back';
  return `${count} ${devices.length === 1 && !isOneWay ? 'goes back' : how}: ${someOf(devices)}`;
}
