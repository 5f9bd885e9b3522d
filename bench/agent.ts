/**
 * The bundled agent at rest: what it keeps in memory after passes in which nothing was to do, and how long such a pass
 * takes. The peer of the pass is `git fetch` of the same repository with nothing new, by stock git over SSH to the same
 * gateway: what a cron job with git would cost before it had looked at a single container.
 */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { askAgent } from '../agent/trigger/control.ts';
import { FleetRig } from '../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../lab/fleet/make-fleet.ts';
import { silent } from '../lab/fleet/narrator.ts';
import { publish, release } from '../lab/fleet/publish.ts';
import { firstRelease } from '../lab/fleet/releases.ts';
import { waitUntil } from '../lab/fleet/wait-until.ts';
import { bundle } from '../scripts/bundle.ts';
import { appliedEverywhere } from '../scripts/demo/story.ts';
import { asShipped, residentMiB } from './as-shipped.ts';
import { type BenchFigure, figure, inTurn, median } from './figure.ts';

const memoryBarMB = 90;
const growthBar = 1.1;
/** A program starts, and asks; git does the same. */
const passBar = 10;
/** Passes after which memory is read for the first time: by then all is loaded. */
const fewPasses = 50;
const manyPasses = 1000;
const fetches = 100;
const memoryReadings = 5;
/** Garbage of a pass that did something is collected a few seconds after it. */
const settleMs = 6_000;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Medians of the resident memory after so many passes, `fetches` of which bring a commit, all in one life. */
async function memory(rig: FleetRig, signal: AbortSignal): Promise<{ few: number; many: number }> {
  const [device] = rig.devices;
  if (device === undefined) throw new Error('no device');
  device.program.start();
  const pass = () => askAgent(device.state, { verb: 'now' });
  await waitUntil('the agent listens', async () => ((await pass()) === undefined ? undefined : true), {
    timeoutMs: 180_000,
  });
  const readings = async () => {
    await setTimeout(settleMs);
    const values: number[] = [];
    for (let reading = 0; reading < memoryReadings; reading++) {
      await pass();
      values.push((residentMiB(device.program.pid) * 2 ** 20) / 1e6);
    }
    return median(values);
  };
  const run = async (from: number, to: number) => {
    for (let passes = from; passes < to; passes++) {
      signal.throwIfAborted();
      if (passes % (manyPasses / fetches) === 0) {
        rig.operator.edit('fleet.yaml', [['telemetry', 'maxBytesPerDay'], `${passes + 100}MiB`]);
        await publish(rig, `change ${passes}`);
      }
      await pass();
    }
    return readings();
  };
  const few = await run(0, fewPasses);
  const many = await run(fewPasses, manyPasses);
  await device.program.stop();
  return { few, many };
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const programs = await bundle();
  const agent = path.relative(path.dirname(import.meta.dirname), programs.agent ?? '');
  const shipped = asShipped();
  const rig = await FleetRig.prepare({
    narrator: silent,
    devices: ['bench'],
    agentProgram: agent,
    agentNodeOptions: shipped.nodeOptions,
    agentEnvironment: shipped.environment,
  });
  signal.addEventListener('abort', () => void rig.stop());
  try {
    await initialise(rig);
    await addGateway(rig);
    await addDevices(rig);
    await release(rig, firstRelease);
    await rig.gateway.start();
    const [device] = rig.devices;
    const commit = await publish(rig, 'hello');
    device?.program.start();
    await appliedEverywhere(rig, commit);
    await device?.program.stop();

    const { few, many } = await memory(rig, signal);
    const limit = { of: 'ours', is: '<=', limit: memoryBarMB } as const;
    const growth = { of: 'ratio', is: '<=', limit: growthBar } as const;
    yield figure(`resident memory of the bundled agent after ${fewPasses} passes`, 'MB', few, null, limit);
    const long = `after ${manyPasses} passes and ${fetches} fetches`;
    yield figure(`the same ${long}`, 'MB', many, null, limit);
    yield figure(`the same ${long} (peer: itself after ${fewPasses})`, 'MB', many, few, growth);

    const pass = async () => {
      const code = await device?.pass();
      if (code !== 0)
        throw new Error(`a pass with nothing new ends with ${code}: ${device?.program.lastWords()}`);
    };
    const fetch = () => rig.operator.git('fetch', '--quiet', 'gateway', 'main');
    const [ours, peer] = await inTurn(
      () => timed(pass),
      () => timed(fetch),
    );
    const what = 'pass with nothing new, start of the program included (peer: git fetch over ssh)';
    yield figure(what, 'ms', ours, peer, { of: 'ratio', is: '<=', limit: passBar });
  } finally {
    await rig.stop();
  }
}
