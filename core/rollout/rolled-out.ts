/** What one device is assigned once rollouts count: releases of fleet and groups are moved, a device's own is a pin. */
import type { DeviceLayers } from '../fleet/fleet.ts';
import { type MergedDevice, mergeDevice } from '../fleet/merge.ts';
import type { MergedApp } from '../fleet/merged-app.ts';
import type { Selectable } from '../fleet/selector.ts';
import { type AppRollouts, inLine, type Participant, participants } from './participants.ts';
import { momentOf } from './stage.ts';
import type { When } from './when.ts';

/** How a device stands to the rollout of one of its apps. */
export interface RolloutStanding {
  /** By name; the newest of those that supersede one another. */
  readonly rollout: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
  /** From 1. */
  readonly stage: number;
  /** ahead: its stage is not open; waits: it is, and its time has not come here. */
  readonly state: 'ahead' | 'waits' | 'open';
  /** When it counts, milliseconds since the epoch; where it waits. */
  readonly atMs?: number;
}

export interface RolledApp extends MergedApp {
  readonly rollout?: RolloutStanding;
  /** Rollouts that move the same device, and none supersedes the other: the app stays as it runs. */
  readonly conflict?: readonly string[];
  /** What a rollout gave it here and takes back: it was aborted, or its stage was closed again. */
  readonly takenBack?: { readonly rollout: string; readonly to: string };
}

export interface RolledDevice extends MergedDevice {
  readonly apps: readonly RolledApp[];
  readonly agent?: RolledApp;
  /** The next moment at which this is another, by a clock; milliseconds since the epoch. */
  readonly changesAtMs?: number;
}

/** @param when what has come by now */
export function rolledOut(layers: DeviceLayers, when: When): RolledDevice {
  const merged = mergeDevice(layers);
  const device = { id: layers.id, groups: layers.device.value.groups ?? [], labels: merged.labels };
  const place = { layers, device, when };
  const apps = merged.apps.map(app => rolledApp(app, place));
  const agent = merged.agent === undefined ? {} : { agent: rolledApp(merged.agent, place) };
  const moments = movable({ apps, ...agent }).flatMap(({ pin, rollout }) => [
    ...(pin?.untilMs === undefined ? [] : [pin.untilMs]),
    ...(rollout?.atMs === undefined ? [] : [rollout.atMs]),
  ]);
  return {
    ...merged,
    apps,
    ...agent,
    ...(moments.length === 0 ? {} : { changesAtMs: Math.min(...moments) }),
  };
}

/** What rollouts move on a device: its apps and, where one is chosen, its agent. */
export const movable = <App extends MergedApp>({ apps, agent }: Movable<App>): readonly App[] =>
  agent === undefined ? apps : [...apps, agent];

interface Movable<App> {
  readonly apps: readonly App[];
  readonly agent?: App;
}

/** A pin that is over is none; where nobody else gives a release, its own stays. */
function unpinned(app: MergedApp, { isOver }: When): MergedApp {
  const { pin, ...rest } = app;
  if (pin?.untilMs === undefined || !isOver(pin.untilMs, app.app)) return app;
  return { ...rest, release: pin.beneath ?? app.release };
}

export interface Place {
  readonly layers: DeviceLayers;
  readonly device: Selectable;
  readonly when: When;
}

/** One app of a device. */
export function rolledApp(merged: MergedApp, { layers, device, when }: Place): RolledApp {
  const app = unpinned(merged, when);
  const { release } = app;
  const rollouts = layers.rollouts.get(app.app);
  if (rollouts === undefined || release === undefined || app.pin !== undefined) return app;
  const found = participants(rollouts, { device, release, fleet: layers.fleet.value.name });
  const line = inLine(found);
  if (line === undefined) return { ...app, conflict: found.map(({ name }) => name) };
  const step = (moved: RolledApp, participant: Participant) => after(moved, participant, when);
  const moved: RolledApp = line.reduce(step, app);
  const back = takenBack(rollouts, moved, when);
  return { ...moved, ...(moved.next === moved.release ? { next: undefined } : {}), ...back };
}

function takenBack(
  rollouts: AppRollouts,
  { release = '' }: RolledApp,
  when: When,
): Pick<RolledApp, 'takenBack'> {
  for (const [rollout, { path, value }] of rollouts) {
    const { from, to } = value;
    if (from.includes(release) && when.wasGiven?.({ path, to }) === true)
      return { takenBack: { rollout, to } };
  }
  return {};
}

/** One rollout more. Who is not in its `from` is where it is to be, or not for it. */
function after(app: RolledApp, participant: Participant, when: When): RolledApp {
  const { name, file, stage } = participant;
  const { from, to, stages, stage: pointer } = file.value;
  const { release = '' } = app;
  if (!from.includes(release)) return app;
  const common = { rollout: name, path: file.path, from: release, to, stage };
  const isAhead = stages[stage - 1]?.prefetch === true && app.next === undefined;
  const waiting = isAhead ? { ...app, next: to } : app;
  if (stage > pointer) return { ...waiting, rollout: { ...common, state: 'ahead' } };
  const moment = momentOf(participant, stage);
  if (when.isOpen(moment)) return { ...app, release: to, rollout: { ...common, state: 'open' } };
  const atMs = when.countsAtMs?.(moment) ?? moment.atMs;
  return { ...waiting, rollout: { ...common, state: 'waits', atMs } };
}
