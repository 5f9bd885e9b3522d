/** Which devices a rollout is for, at one commit: what the files say, before any device has said a word. */
import { parseDuration } from '../fleet/duration.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { retiredApps } from '../fleet/retired.ts';
import { rolledOut } from './rolled-out.ts';
import { type NamedRollout, stageOf } from './stage.ts';
import { byCommit, type When } from './when.ts';

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

/** Every pin is over. */
const afterPins: When = { ...byCommit, isOver: () => true };

const defaultStable = '10s';

/** By device, in the order of the fleet. Who is revoked or retired is nobody's to wait for. */
export function membersOf(fleet: Fleet, rollout: NamedRollout): Map<string, Member> {
  const { app } = rollout.file.value;
  const found = new Map<string, Member>();
  const wide = fleet.apps.get(app)?.file?.value.update?.stablePeriod;
  for (const id of fleet.devices.keys()) {
    const member = memberOf(fleet, id, rollout);
    if (member === undefined) continue;
    const { stablePeriod = wide ?? defaultStable, ...rest } = member;
    found.set(id, { ...rest, stableMs: parseDuration(stablePeriod) });
  }
  return found;
}

function memberOf(
  fleet: Fleet,
  id: string,
  rollout: NamedRollout,
): (Omit<Member, 'stableMs'> & { readonly stablePeriod: string | undefined }) | undefined {
  const layers = layersOf(fleet, id);
  const { app: name, from, to } = rollout.file.value;
  if (layers === undefined || layers.device.value.revoked === true) return undefined;
  if (retiredApps(layers.device.value) !== undefined) return undefined;
  // Most rollouts are of an app that few layers name: no device is merged that does not have it.
  const all = [layers.fleet, ...layers.groups, layers.device];
  if (!all.some(({ value }) => value.apps?.[name] !== undefined)) return undefined;
  const merged = rolledOut(layers, byCommit);
  const app = merged.apps.find(({ app: found }) => found === name);
  if (app === undefined) return undefined;
  const groups = layers.device.value.groups ?? [];
  const stage = stageOf(rollout, { id, groups, labels: merged.labels }, fleet.name);
  if (stage === 0) return undefined;
  const of = { stage, stablePeriod: app.update.stablePeriod };
  if (app.pin !== undefined) {
    const { untilMs } = app.pin;
    const later =
      untilMs === undefined
        ? []
        : rolledOut(layers, afterPins).apps.filter(({ app: found }) => found === name);
    const takes = later.some(({ rollout: standing }) => standing?.rollout === rollout.name);
    return untilMs !== undefined && takes
      ? { ...of, kind: 'takes', pinnedUntilMs: untilMs }
      : { ...of, kind: 'pinned' };
  }
  if (app.conflict?.includes(rollout.name) === true) return { ...of, kind: 'torn' };
  const takes = app.rollout?.rollout === rollout.name || isMovedOn(app.rollout?.from, { from, to });
  return takes ? { ...of, kind: 'takes' } : undefined;
}

/** A rollout that supersedes this one has it now. */
const isMovedOn = (
  movedFrom: string | undefined,
  { from, to }: { from: readonly string[]; to: string },
): boolean => movedFrom !== undefined && (from.includes(movedFrom) || movedFrom === to);
