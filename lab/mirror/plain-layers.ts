/** The files of one device as a mirror has them, without what is the device's own: its id, and the rollouts that have moved it. */
import { type DeviceLayers, type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { type RolledDevice, rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import type { AppAssignment, Apps, DeviceFile, Variables } from '../../schemas/types.generated.ts';
import { type Keeping, keptDevice, keptFleet, keptGroup } from './kept-settings.ts';

/** The id of each device while plans are compared. */
export const anyDevice = 'any-device';

export interface PlainDevice {
  readonly layers: DeviceLayers;
  /** As production has it, rollouts counted. */
  readonly rolled: RolledDevice;
}

function withoutId(variables: Variables, id: string): Variables {
  const word = new RegExp(`(?<![a-z0-9-])${id}(?![a-z0-9-])`, 'g');
  const entries = Object.entries(variables).map(
    ([name, value]) => [name, typeof value === 'string' ? value.replace(word, anyDevice) : value] as const,
  );
  return Object.fromEntries(entries);
}

/** A name of letters alone may be a word of the app's, too: `camera`. */
const isOwnName = (id: string) => /[0-9-]/.test(id);

/** Without the id in texts that the device's own file gives. */
function nameless<Giver extends { readonly variables?: Variables }>(giver: Giver, id: string): Giver {
  if (giver.variables === undefined || !isOwnName(id)) return giver;
  return { ...giver, variables: withoutId(giver.variables, id) };
}

/** What a rollout gives stands as if its file said it; without one the files say it themselves. */
function plainApps({ apps = {} }: DeviceFile, rolled: RolledDevice): Apps {
  const found: Record<string, AppAssignment> = {};
  for (const [app, { pinned: _pinned, ...assignment }] of Object.entries(apps)) found[app] = assignment;
  for (const { app, release, next, rollout } of rolled.apps) {
    if (rollout === undefined) continue;
    const given = release === undefined ? {} : { release };
    found[app] = { ...found[app], ...given, ...(next === undefined ? {} : { next }) };
  }
  return found;
}

export interface PlainQuestion {
  readonly fleet: Fleet;
  readonly id: string;
  readonly keeping: Keeping;
}

function withoutName(value: DeviceFile, id: string): DeviceFile {
  const { apps, ...rest } = nameless(value, id);
  if (apps === undefined) return rest;
  const named = Object.entries(apps).map(([app, assignment]) => [app, nameless(assignment, id)] as const);
  return { ...rest, apps: Object.fromEntries(named) };
}

/**
 * @param named whether it keeps its id
 * @returns undefined: there is no such device, or it has left
 */
export function plainDevice({ fleet, id, keeping }: PlainQuestion, named: boolean): PlainDevice | undefined {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return undefined;
  const { device, groups } = layers;
  if (device.value.revoked === true || device.value.retired !== undefined) return undefined;
  const rolled = rolledOut(layers, byCommit);
  const kept = keptDevice(device.value, keeping);
  const { labels: _labels, ...rest } = kept;
  const own = { ...rest, apps: plainApps(kept, rolled) };
  return {
    rolled,
    layers: {
      id: named ? id : anyDevice,
      fleet: { ...layers.fleet, value: keptFleet(layers.fleet.value, keeping) },
      groups: groups.map(group => ({ ...group, value: keptGroup(group.value, keeping) })),
      device: { ...device, value: named ? own : withoutName(own, id) },
      rollouts: new Map(),
    },
  };
}
