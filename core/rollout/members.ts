/** Which devices a rollout is for, at one commit: what the files say, before any device has said a word. */
import { agentName } from '../agents/agent-version.ts';
import { parseDuration } from '../duration.ts';
import { type DeviceLayers, type Fleet, layersOf } from '../fleet/fleet.ts';
import { type MergedDevice, mergeDevice } from '../fleet/merge.ts';
import type { MergedApp } from '../fleet/merged-app.ts';
import { retiredApps } from '../fleet/retired.ts';
import { movedBy } from '../fleet/rollout-files.ts';
import type { Selectable } from '../fleet/selector.ts';
import { defaults } from '../fleet/setting-defaults.ts';
import { movable, rolledApp } from './rolled-out.ts';
import { type NamedRollout, stageOf } from './stage.ts';
import { afterPins, byCommit } from './when.ts';

export interface Member {
  /** From 1: the first stage that selects it. */
  readonly stage: number;
  /** pinned: it has a release of its own. torn: another rollout moves it too, and neither supersedes the other. */
  readonly kind: 'takes' | 'pinned' | 'torn';
  /** How long it must have run to count as well. */
  readonly stableMs: number;
  /** Until then it has a release of its own; milliseconds since the epoch. */
  readonly pinnedUntilMs?: number;
}

/** By device, in the order of the fleet. Who is revoked or retired is nobody's to wait for. */
export function membersOf(fleet: Fleet, rollout: NamedRollout): Map<string, Member> {
  const app = movedBy(rollout.file.value);
  const found = new Map<string, Member>();
  const wide = fleet.apps.get(app)?.file?.value.update?.stablePeriod;
  const beneath = new Beneath(app);
  for (const id of fleet.devices.keys()) {
    const layers = layersOf(fleet, id);
    const merged = layers === undefined ? undefined : beneath.merged(layers);
    if (layers === undefined || merged === undefined) continue;
    const member = memberOf({ ...merged, layers }, rollout);
    if (member === undefined) continue;
    // An agent has shown that it may stay before it says that it does.
    const stable =
      app === agentName ? '0s' : (merged.app.update.stablePeriod ?? wide ?? defaults.stablePeriod);
    const stableMs = parseDuration(stable);
    found.set(id, { ...member, stableMs });
  }
  return found;
}

interface MergedMember {
  readonly app: MergedApp;
  readonly device: Selectable;
}

/**
 * One app of each device, or its agent. What fleet and groups say together is the same for all devices of the same groups, and most devices
 * say nothing of the app themselves: it is merged once for them.
 */
class Beneath {
  readonly #app: string;
  /** By names of groups. */
  readonly #known = new Map<string, { app: MergedApp | undefined; labels: ReadonlyMap<string, string> }>();

  constructor(app: string) {
    this.#app = app;
  }

  /** @returns undefined: it does not have the app, or is gone for good */
  merged(layers: DeviceLayers): MergedMember | undefined {
    const { value } = layers.device;
    if (value.revoked === true || retiredApps(value) !== undefined) return undefined;
    const groups = value.groups ?? [];
    const said = this.#app === agentName ? value.agent : value.apps?.[this.#app];
    const own = said === undefined ? undefined : mergeDevice(layers);
    const { app, labels } = own === undefined ? this.#beneath(layers, groups) : this.#of(own);
    if (app === undefined) return undefined;
    const all = own === undefined ? new Map([...labels, ...Object.entries(value.labels ?? {})]) : labels;
    return { app, device: { id: layers.id, groups, labels: all } };
  }

  #beneath(layers: DeviceLayers, groups: readonly string[]) {
    const key = groups.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bare = { ...layers.device, value: { apiVersion: layers.device.value.apiVersion } };
    const found = this.#of(mergeDevice({ ...layers, device: bare }));
    this.#known.set(key, found);
    return found;
  }

  #of(merged: MergedDevice) {
    return { app: movable(merged).find(({ app }) => app === this.#app), labels: merged.labels };
  }
}

function memberOf(
  { app: merged, device, layers }: MergedMember & { readonly layers: DeviceLayers },
  rollout: NamedRollout,
): Omit<Member, 'stableMs'> | undefined {
  const stage = stageOf(rollout, device, layers.fleet.value.name);
  if (stage === 0) return undefined;
  const app = rolledApp(merged, { layers, device, when: byCommit });
  if (app.pin !== undefined) {
    const { untilMs } = app.pin;
    const later = rolledApp(merged, { layers, device, when: afterPins });
    return untilMs !== undefined && later.rollout?.rollout === rollout.name
      ? { stage, kind: 'takes', pinnedUntilMs: untilMs }
      : { stage, kind: 'pinned' };
  }
  if (app.conflict?.includes(rollout.name) === true) return { stage, kind: 'torn' };
  const { from, to } = rollout.file.value;
  const takes = app.rollout?.rollout === rollout.name || isMovedOn(app.rollout?.from, { from, to });
  return takes ? { stage, kind: 'takes' } : undefined;
}

/** A rollout that supersedes this one has it now. */
const isMovedOn = (
  movedFrom: string | undefined,
  { from, to }: { from: readonly string[]; to: string },
): boolean => movedFrom !== undefined && (from.includes(movedFrom) || movedFrom === to);
