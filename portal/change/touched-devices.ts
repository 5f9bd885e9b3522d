/** Devices for which a change is one: what they are to be is another thing with it. */
import { setImmediate as breath } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type DeviceLayers, type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { desiredTunnel } from '../../core/fleet/tunnel.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byClock } from '../../core/rollout/when.ts';

/** Between which others have their turn, count. */
const atOnce = 100;

/**
 * Of two loads that share their files, so that what did not change is known by being the same object.
 * @returns ids, sorted. @throws the signal's reason
 */
export async function touchedDevices(
  before: Fleet,
  after: Fleet,
  nowMs: number,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  const sameRollouts = isDeepStrictEqual(rolloutsOf(before), rolloutsOf(after));
  let compared = 0;
  for (const id of new Set([...before.devices.keys(), ...after.devices.keys()])) {
    const [was, is] = [layersOf(before, id), layersOf(after, id)];
    if (was === undefined || is === undefined) {
      if (was !== is) found.push(id);
      continue;
    }
    if (sameRollouts && isMadeOfTheSame(was, is)) continue;
    compared += 1;
    if (compared % atOnce === 0) await breath(undefined, { signal });
    if (!isDeepStrictEqual(shapeOf(was, nowMs), shapeOf(is, nowMs))) found.push(id);
  }
  return found.sort();
}

function isMadeOfTheSame(was: DeviceLayers, is: DeviceLayers): boolean {
  return (
    was.fleet === is.fleet &&
    was.device === is.device &&
    was.groups.length === is.groups.length &&
    was.groups.every((group, at) => group === is.groups[at])
  );
}

const rolloutsOf = ({ rollouts }: Fleet) =>
  [...rollouts].map(([app, found]) => [app, [...found].map(([name, { value }]) => [name, value])]);

const shapeOf = (layers: DeviceLayers, nowMs: number) => ({
  merged: mergeDevice(layers),
  rolled: rolledOut(layers, byClock(nowMs)),
  tunnel: desiredTunnel(layers),
  own: layers.device.value,
});
