/** Which state a project is brought to in this pass: the desired one, its last good one, or none. */

import { mustComeFirst } from '../backup/restore-note.ts';
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import { timeWord } from '../time-word.ts';
import { longestHoldMs } from './hold.ts';
import { describeWindows, pullsAllowed, updatesAllowed, updateWindows } from './maintenance-window.ts';
import type { ProjectMemory } from './memory.ts';
import { mayTry } from './next-try.ts';
import type { ObservedState } from './observed.ts';
import { missingImages } from './service-images.ts';
import { setAsideOf } from './set-aside.ts';

/** Why a project is not brought to its desired state now. */
export interface Skipped {
  readonly project: string;
  readonly reason: string;
  readonly why:
    | 'paused'
    | 'held'
    | 'set-aside'
    | 'window'
    | 'lock'
    | 'backoff'
    | 'loop'
    | 'conflict'
    // Data is not put back; the app is brought to its state all the same.
    | 'restore'
    // Another project holds what this one needs, and gives it free later.
    | 'other-project';
  /** Code of the error registry, where a person must act. */
  readonly code?: string;
}

export interface Target {
  /** Absent: nothing is touched. */
  readonly project: DesiredProject | undefined;
  readonly skipped: Skipped | undefined;
}

/** Until when the device is held, or undefined. A hold that is longer than any was noted by a clock that was ahead. */
export function heldUntil({ holdUntilMs = 0, nowMs }: ProjectMemory): number | undefined {
  return holdUntilMs > nowMs && holdUntilMs - nowMs <= longestHoldMs ? holdUntilMs : undefined;
}

/** Why nothing of it is touched, and nothing comes for it. */
export function holdOf(
  desired: DesiredState,
  memory: ProjectMemory,
  project: Pick<DesiredProject, 'name' | 'paused' | 'conflict'>,
): Skipped | undefined {
  const { name, conflict } = project;
  if (desired.settings.paused) return { project: name, why: 'paused', reason: 'the device is paused' };
  if (project.paused) return { project: name, why: 'paused', reason: 'the app is paused' };
  if (conflict !== undefined) return inConflict(name, conflict);
  const untilMs = heldUntil(memory);
  if (untilMs === undefined) return undefined;
  return { project: name, why: 'held', reason: `held on the device until ${timeWord(untilMs)}` };
}

function inConflict(project: string, rollouts: readonly string[]): Skipped {
  const reason = `rollouts ${rollouts.join(' and ')} both move it, and neither supersedes the other`;
  return { project, why: 'paused', reason, code: 'ROLLOUT_CONFLICT' };
}

/** Its volumes may have data of two times: nothing of it is started. */
function undecided(project: string): Skipped {
  const reason = 'a restore was under way, and what was noted of it is damaged';
  return { project, why: 'conflict', reason, code: 'RESTORE_MARK' };
}

/** An update was taken back, and its data is not yet: before that no other version sees it. */
function owesData({ projects, restores }: ProjectMemory, project: string): boolean {
  const note = restores?.get(project);
  if (note !== undefined && note !== 'damaged' && mustComeFirst(note)) return true;
  return projects.get(project)?.takeBack !== undefined;
}

/** What an update has left, no later one is to find, and no backup is to be made of. */
function dataFirst(project: string): Skipped {
  const reason = 'the data of the update that failed goes back first';
  return { project, why: 'restore', reason };
}

/** Where a release runs that a rollout takes back, and no earlier one can read its data. */
function keptHere({ name, release, kept }: DesiredProject, lastGood: DesiredProject | undefined) {
  if (kept === undefined || lastGood?.release !== kept.release) return undefined;
  const reason = `stays on ${kept.release}, which rollout ${kept.rollout} takes back: ${release} cannot read its data`;
  return { project: name, why: 'paused', reason, code: 'ROLLOUT_ONE_WAY' } satisfies Skipped;
}

function outsideWindow(desired: DesiredState, memory: ProjectMemory, name: string): Skipped | undefined {
  const { windows } = desired.settings;
  if (updatesAllowed(windows, memory.nowMs)) return undefined;
  const reason = `waits for a maintenance window: ${describeWindows(updateWindows(windows))}`;
  return { project: name, why: 'window', reason };
}

function imagesOutsideWindow(
  { settings: { windows } }: DesiredState,
  observed: ObservedState,
  { nowMs }: ProjectMemory,
  { name, model }: DesiredProject,
): Skipped | undefined {
  if (pullsAllowed(windows, nowMs) || missingImages(model, observed.images).length === 0) return undefined;
  const reason = `its images wait for a window: ${describeWindows(windows)}`;
  return { project: name, why: 'window', reason };
}

/** Why a project that the commit does not name any more stays for now, or undefined. */
export function removalHeld(desired: DesiredState, memory: ProjectMemory, name: string): Skipped | undefined {
  return holdOf(desired, memory, { name, paused: false }) ?? outsideWindow(desired, memory, name);
}

function postponed(
  desired: DesiredState,
  observed: ObservedState,
  memory: ProjectMemory,
  project: DesiredProject,
): Skipped | undefined {
  const { name, digest } = project;
  const record = memory.projects.get(name);
  const kept = keptHere(project, record?.lastGood);
  if (kept !== undefined) return kept;
  const aside = setAsideOf(record, digest);
  if (aside !== undefined) {
    const { message, code } = aside;
    return { project: name, why: 'set-aside', reason: `set aside after it failed here: ${message}`, code };
  }
  if (record?.attempts?.digest === digest && !mayTry(record.attempts, memory.nowMs)) {
    const { message, code, nextMs } = record.attempts;
    return { project: name, why: 'backoff', reason: `${message}; next try at ${timeWord(nextMs)}`, code };
  }
  // What follows holds back updates; a first installation disturbs nobody.
  if (record?.lastGood === undefined) return undefined;
  const waits =
    outsideWindow(desired, memory, name) ?? imagesOutsideWindow(desired, observed, memory, project);
  if (waits !== undefined) return waits;
  if (observed.locked.has(name)) {
    return {
      project: name,
      why: 'lock',
      reason: `the app holds its update by ${project.update.lockFile ?? 'a lock'}`,
    };
  }
  return undefined;
}

/** Back from a state that failed here: what that one has made anew is made as it was. */
export function backTo(lastGood: DesiredProject, from: DesiredProject): DesiredProject {
  const disposable = new Set([...(lastGood.disposableVolumes ?? []), ...(from.disposableVolumes ?? [])]);
  return disposable.size === 0 ? lastGood : { ...lastGood, disposableVolumes: [...disposable].sort() };
}

/** Chooses the state that the planner compares with. While an update waits, drift from the last good state is mended. */
export function chooseTarget(
  desired: DesiredState,
  observed: ObservedState,
  memory: ProjectMemory,
  project: DesiredProject,
): Target {
  const { name } = project;
  const held =
    holdOf(desired, memory, project) ??
    (memory.restores?.get(name) === 'damaged' ? undecided(name) : undefined);
  if (held !== undefined) return { project: undefined, skipped: held };
  const lastGood = memory.projects.get(project.name)?.lastGood;
  if (lastGood?.digest === project.digest) return { project, skipped: undefined };
  if (lastGood !== undefined && owesData(memory, name))
    return { project: backTo(lastGood, project), skipped: dataFirst(name) };
  const skipped = postponed(desired, observed, memory, project);
  if (skipped === undefined) return { project, skipped };
  const isBack = skipped.why === 'set-aside' && lastGood !== undefined;
  return { project: isBack ? backTo(lastGood, project) : lastGood, skipped };
}
