/** What a change does to rollouts that are under way: asked before it is pushed, for the walk does not look at what files say. */

import type { RolloutFile } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import { unlistedProblems } from '../fleet/agent-versions.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { movedBy, movedWord } from '../fleet/rollout-files.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { someOf } from '../some-of.ts';
import { movedApps } from './finish.ts';
import { membersOf } from './members.ts';
import { supersededBy, supersederOf } from './participants.ts';
import { movable, type RolledApp, rolledOut } from './rolled-out.ts';
import type { NamedRollout } from './stage.ts';
import { byCommit } from './when.ts';

type Rollout = CheckedFile<'rollout'>;

/** What stays once a stage is open. */
const settled = ['app', 'agent', 'from', 'to', 'stages', 'salt', 'supersedes'] as const;

export interface Rollouts {
  readonly problems: readonly Problem[];
  /** What people do on purpose, a sentence each. */
  readonly said: readonly string[];
}

export const rolloutsOf = (fleet: Fleet): NamedRollout[] =>
  [...fleet.rollouts.values()].flatMap(ofApp => [...ofApp].map(([name, file]) => ({ name, file })));

/** Devices that two rollouts move at once: one problem for each pair that is in the way of another. */
export function conflictProblems(fleet: Fleet): Problem[] {
  if (fleet.rollouts.size === 0) return [];
  const found = new Map<
    string,
    { readonly app: string; readonly names: readonly string[]; readonly devices: string[] }
  >();
  for (const device of fleet.devices.keys()) {
    const layers = layersOf(fleet, device);
    if (layers === undefined) continue;
    for (const { app, conflict: names } of movable(rolledOut(layers, byCommit))) {
      if (names === undefined) continue;
      const key = JSON.stringify([app, names]);
      const known = found.get(key) ?? { app, names, devices: [] };
      known.devices.push(device);
      found.set(key, known);
    }
  }
  return [...found.values()].map(({ app, names, devices }) => {
    const message = `${names.join(' and ')} both move ${someOf(devices)}: say in one what it supersedes`;
    const last = fleet.rollouts.get(app)?.get(names.at(-1) ?? '');
    const position = last?.locate('/stages', 'key') ?? { file: `rollouts/${app}` };
    return { code: 'ROLLOUT_CONFLICT', message, position };
  });
}

const versionBefore = (before: Fleet | undefined, { name, file }: NamedRollout): Rollout | undefined =>
  before?.rollouts.get(movedBy(file.value))?.get(name);

/** Stages that nobody is in: of those that were open before nothing is said, devices come and go. */
export function emptyStageProblems(fleet: Fleet, before: Fleet | undefined): Problem[] {
  return rolloutsOf(fleet).flatMap(rollout => {
    const { stages, aborted } = rollout.file.value;
    if (aborted === true || supersederIn(fleet, rollout) !== undefined) return [];
    const reached = new Set([...membersOf(fleet, rollout).values()].map(({ stage }) => stage));
    const open = versionBefore(before, rollout)?.value.stage ?? 0;
    return stages.flatMap(({ name }, index) => {
      if (index < open || reached.has(index + 1)) return [];
      const message = `stage ${name} selects no device that is not in one before`;
      const position = rollout.file.locate(`/stages/${index}`);
      return [{ code: 'ROLLOUT_STAGE_EMPTY' as const, message, position }];
    });
  });
}

const supersederIn = (fleet: Fleet, { name, file }: NamedRollout): string | undefined =>
  supersederOf(fleet.rollouts.get(movedBy(file.value)) ?? new Map(), name);

/** What the files of rollouts may not say differently. */
export function rolloutEdits(before: Fleet, after: Fleet): Rollouts {
  const problems: Problem[] = [];
  const said: string[] = [];
  for (const rollout of rolloutsOf(after)) {
    const old = versionBefore(before, rollout)?.value;
    const { file, name } = rollout;
    const now = file.value;
    if (old === undefined) continue;
    const tell = (pointer: string, message: string) =>
      problems.push({ code: 'ROLLOUT_CHANGED', message, position: file.locate(pointer) });
    if (old.stage > 0)
      for (const key of settled)
        if (JSON.stringify(old[key]) !== JSON.stringify(now[key]))
          tell(`/${key}`, `${key} changes, and a stage of it is open`);
    const superseder = supersederIn(after, rollout);
    if (now.stage > old.stage && superseder !== undefined)
      tell('/stage', `${superseder} supersedes it: it opens no further stage`);
    const path = `rollout ${name} of ${movedWord(movedBy(now))}`;
    if (now.aborted === true && old.aborted !== true) said.push(`${path} is aborted`);
    else if (now.stage < old.stage) said.push(`${path} goes back from stage ${old.stage} to ${now.stage}`);
  }
  return { problems, said };
}

/** Devices of open stages that a change takes back to where their rollout began; those that an abort takes are said. @param moved what the change moves, where that is known already */
export function takenBack(before: Fleet, after: Fleet, moved = movedApps(before, after)): Rollouts {
  if (before.rollouts.size === 0) return { problems: [], said: [] };
  const back = new Map<
    string,
    { readonly file: Rollout; readonly meant: boolean; readonly devices: string[] }
  >();
  for (const { device, app, after: release } of moved) {
    if (release === undefined || isLeaving(after, device)) continue;
    const standing = rolledAppOf(before, device, app)?.rollout;
    if (standing?.state !== 'open') continue;
    const file = before.rollouts.get(app)?.get(standing.rollout);
    if (file === undefined || !beginnings(before, { name: standing.rollout, file }).has(release)) continue;
    const now = after.rollouts.get(app)?.get(standing.rollout)?.value;
    const meant = now !== undefined && (now.aborted === true || now.stage < standing.stage);
    const known = back.get(file.path) ?? { file, meant, devices: [] };
    known.devices.push(`${device} (${standing.to} → ${release})`);
    back.set(file.path, known);
  }
  const problems = lettingGo(before, after);
  const said: string[] = [];
  for (const { file, meant, devices } of back.values()) {
    const words = someOf(devices);
    if (meant) said.push(`${file.path} takes back ${words}`);
    else {
      const message = `this change takes devices of an open stage back: ${words}; --allow-downgrade goes on`;
      problems.push({ code: 'ROLLOUT_DOWNGRADE', message, position: { file: file.path } });
    }
  }
  return { problems, said };
}

const isLeaving = (fleet: Fleet, device: string): boolean => {
  const { retired, revoked } = fleet.devices.get(device)?.value ?? {};
  return retired !== undefined || revoked === true;
};

/** Devices that files of fleet and groups would give what a rollout brings before it reaches them: no hold and no gate would be asked. */
export function hastened(before: Fleet, after: Fleet, moved = movedApps(before, after)): Problem[] {
  if (before.rollouts.size === 0) return [];
  const found = new Map<string, string[]>();
  for (const { device, app, after: release } of moved) {
    const [old, now] = [before, after].map(fleet => rolledAppOf(fleet, device, app));
    const { state, to, path } = old?.rollout ?? {};
    const isGiven = isSameDevice(before, after, device) && now?.rollout?.state !== 'open';
    if (path === undefined || state !== 'ahead' || to !== release || !isGiven) continue;
    const devices = found.get(path) ?? [];
    devices.push(`${device} (${old?.release ?? 'none'} → ${release})`);
    found.set(path, devices);
  }
  return [...found].map(([file, devices]) => ({
    code: 'ROLLOUT_MOVES_DEVICES',
    message: `this change gives devices its release before their stage is open: ${someOf(devices)}; --allow-downgrade goes on`,
    position: { file },
  }));
}

/** Who writes the file of one device, with a pin or another group, means that device. */
const isSameDevice = (before: Fleet, after: Fleet, id: string): boolean =>
  JSON.stringify(before.devices.get(id)?.value) === JSON.stringify(after.devices.get(id)?.value);

function rolledAppOf(fleet: Fleet, device: string, name: string): RolledApp | undefined {
  const layers = layersOf(fleet, device);
  return layers && movable(rolledOut(layers, byCommit)).find(({ app }) => app === name);
}

/** Where devices come from that have what a rollout leads to, also by way of those that it supersedes. */
function beginnings(fleet: Fleet, { name, file }: NamedRollout): Set<string> {
  const others = fleet.rollouts.get(movedBy(file.value)) ?? new Map<string, Rollout>();
  const line = [file, ...[...supersededBy(others, name)].flatMap(before => others.get(before) ?? [])];
  return new Set(line.flatMap(({ value }) => value.from));
}

/** An aborted rollout goes whose release stays where it ran: without its file a device goes back all the same. */
function lettingGo(before: Fleet, after: Fleet): Problem[] {
  return rolloutsOf(before).flatMap(({ name, file: { path, value } }) => {
    const { from, to, aborted } = value;
    const app = movedBy(value);
    if (aborted !== true || after.rollouts.get(app)?.has(name) === true) return [];
    if (before.apps.get(app)?.releases.get(to)?.value.migration !== 'one-way') return [];
    const assigned = [...after.devices.keys()].filter(device => {
      const found = isLeaving(after, device) ? undefined : rolledAppOf(after, device, app);
      return from.includes(found?.release ?? '');
    });
    if (assigned.length === 0) return [];
    const message = `${to} cannot be gone back from, and where it runs among ${someOf(assigned)} only this file keeps it; --allow-downgrade goes on`;
    return [{ code: 'ROLLOUT_DOWNGRADE' as const, message, position: { file: path } }];
  });
}

/** Rollouts whose stages people mean to be over, and a bot’s key could open: each device judges a step by its one file. */
export const supersededWarnings = (fleet: Fleet): Problem[] =>
  rolloutsOf(fleet).flatMap(rollout => {
    const superseder = supersederIn(fleet, rollout);
    if (superseder === undefined || !mayBeOpened(rollout.file.value)) return [];
    const message = `${superseder} supersedes it, and it is not paused: a bot’s key could open its next stage`;
    return [{ code: 'ROLLOUT_SUPERSEDED' as const, message, position: rollout.file.locate('/stage') }];
  });

/** Whether the rule of a bot may cover a step of it. */
export const mayBeOpened = ({ stage, stages, paused, aborted }: RolloutFile): boolean =>
  stage < stages.length && paused !== true && aborted !== true;

/** Releases that nobody has: who takes part by them does not exist. */
export const fromWarnings = (fleet: Fleet): Problem[] =>
  rolloutsOf(fleet).flatMap(({ file }) =>
    file.value.from.flatMap((version, index) => {
      const position = file.locate(`/from/${index}`);
      const { app } = file.value;
      if (app === undefined) return unlistedProblems(version, fleet.agents, () => position);
      if (fleet.apps.get(app)?.releases.has(version) !== false) return [];
      const message = `app "${app}" has no release "${version}"`;
      return [{ code: 'FLEET_RELEASE_UNKNOWN' as const, message, position }];
    }),
  );
