/** A fleet that gets a signed change every ten seconds for so long, and what its agent keeps meanwhile. */
import { FleetRig } from '../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../lab/fleet/make-fleet.ts';
import { silent } from '../lab/fleet/narrator.ts';
import { publish, release } from '../lab/fleet/publish.ts';
import { firstRelease } from '../lab/fleet/releases.ts';
import { appliedEverywhere } from '../scripts/demo/story.ts';
import { residentMiB } from './as-shipped.ts';
import { median } from './figure.ts';

const changeEveryMs = 10_000;
/** The last third of the readings may lie above the middle third by so much. */
const growthBar = 1.1;

async function soak(rig: FleetRig, minutes: number, stopped: AbortSignal): Promise<number[]> {
  await initialise(rig);
  await addGateway(rig);
  await addDevices(rig);
  await release(rig, firstRelease);
  await rig.gateway.start();
  let commit = await publish(rig, 'hello');
  const [device] = rig.devices;
  device?.program.start();
  const readings: number[] = [];
  const end = performance.now() + minutes * 60_000;
  for (let change = 1; performance.now() < end && !stopped.aborted; change++) {
    const next = performance.now() + changeEveryMs;
    await appliedEverywhere(rig, commit);
    readings.push(residentMiB(device?.program.pid));
    console.log(`${change} changes, ${readings.at(-1)?.toFixed(1)} MiB`);
    await new Promise(resolve => setTimeout(resolve, Math.max(0, next - performance.now())));
    rig.operator.edit('groups/canary.yaml', [['variables', 'GREETING'], `change ${change}`]);
    commit = await publish(rig, `change ${change}`);
  }
  return readings;
}

/** Prints a line for each change. @returns whether memory has stopped to grow */
export async function soakMemory(minutes: number, stopped: AbortSignal): Promise<boolean> {
  const rig = await FleetRig.prepare({ narrator: silent, devices: ['soak'] });
  try {
    const readings = await soak(rig, minutes, stopped);
    const third = Math.max(1, Math.floor(readings.length / 3));
    const [middle, last] = [median(readings.slice(third, 2 * third + 1)), median(readings.slice(-third))];
    console.log(`middle third ${middle.toFixed(1)} MiB, last third ${last.toFixed(1)} MiB`);
    return last <= middle * growthBar;
  } finally {
    await rig.stop();
  }
}
