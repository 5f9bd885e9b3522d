/** Devices of which the files say the same, before and after: they are planned once. */
import { canonicalHash } from '../../core/canonical-json.ts';
import { type DeviceLayers, type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import type { Rollouts } from '../../core/fleet/rollout-files.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';

export interface DeviceClass {
  /** Sorted. */
  readonly devices: readonly string[];
  /** Of the first of them; absent: they are not in the fleet then. */
  readonly before: DeviceLayers | undefined;
  readonly after: DeviceLayers | undefined;
  /** Once all stages of changed rollouts are open; absent: that is no other. */
  readonly walked: DeviceLayers | undefined;
  /** Whether their own files, and rollouts, say the same as before: what they name may say another thing. */
  readonly isSame: boolean;
}

/** Without what no desired state depends on but through rollouts, which are asked by themselves. */
function inputsOf(layers: DeviceLayers | undefined): object | undefined {
  if (layers === undefined) return undefined;
  const { value } = layers.device;
  const { keys: _keys, hostKeys: _hostKeys, enrolment: _enrolment, ...named } = value;
  const { labels: _labels, description: _description, ...rest } = named;
  const apps = rolledOut(layers, byCommit).apps.map(({ app, release, next, rollout, conflict }) => ({
    app,
    release,
    next,
    conflict,
    ...(rollout === undefined ? {} : { rollout: rollout.rollout, state: rollout.state }),
  }));
  return { rest, apps };
}

export interface ClassQuestion {
  /** Undefined: there is none that can be read. */
  readonly before: Fleet | undefined;
  readonly after: Fleet;
  /** As after the branch, with all stages of the rollouts that it changes open. */
  readonly opened: Rollouts | undefined;
}

/** In the order of their first devices. */
export function deviceClasses({ before, after, opened }: ClassQuestion): DeviceClass[] {
  const ids = [...new Set([...(before?.devices.keys() ?? []), ...after.devices.keys()])].sort();
  const classes = new Map<string, { devices: string[]; first: Omit<DeviceClass, 'devices'> }>();
  for (const id of ids) {
    const [old, now] = [before && layersOf(before, id), layersOf(after, id)];
    // It is told nothing any more.
    if (now?.device.value.revoked === true) continue;
    const walked = now === undefined || opened === undefined ? undefined : { ...now, rollouts: opened };
    const inputs = [old, now, walked].map(inputsOf);
    const [was, is, willBe] = inputs.map(canonicalHash);
    const moves = walked !== undefined && is !== willBe;
    const key = canonicalHash([was, is, moves ? willBe : undefined]);
    const found = classes.get(key);
    if (found !== undefined) found.devices.push(id);
    else
      classes.set(key, {
        devices: [id],
        first: { before: old, after: now, walked: moves ? walked : undefined, isSame: was === is && !moves },
      });
  }
  return [...classes.values()].map(({ devices, first }) => ({ devices, ...first }));
}

/** One class for each of its devices: what they read has named the device. */
export function apart({ devices }: DeviceClass, { before, after, opened }: ClassQuestion): DeviceClass[] {
  return devices.flatMap(id => {
    const one = { before: before && only(before, id), after: only(after, id), opened };
    return deviceClasses(one);
  });
}

function only(fleet: Fleet, id: string): Fleet {
  const device = fleet.devices.get(id);
  return { ...fleet, devices: new Map(device === undefined ? [] : [[id, device]]) };
}
