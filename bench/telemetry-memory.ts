/**
 * `npm run bench -- telemetry-memory`: what the bundled agent keeps in memory, with the options and the environment of its unit and
 * with all of its telemetry on: at rest, and while a container says 1,000 lines a second, which are collected, packed and pushed to
 * a gateway. Two minutes of them, or as many as TOWLINE_BENCH_MINUTES says: an hour is what is promised.
 * The curve goes to stderr, a line for each twentieth of it.
 */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readSegmentPath } from '../core/telemetry/record/segment-path.ts';
import { FleetRig } from '../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../lab/fleet/make-fleet.ts';
import { silent } from '../lab/fleet/narrator.ts';
import { publish, release } from '../lab/fleet/publish.ts';
import { firstRelease, secondRelease } from '../lab/fleet/releases.ts';
import { bundle } from '../scripts/bundle.ts';
import { appliedEverywhere } from '../scripts/demo/story.ts';
import { asShipped, residentMiB } from './as-shipped.ts';
import { type BenchFigure, figure, median } from './figure.ts';

const device = 'bench-memory';
const minutes = Number(process.env.TOWLINE_BENCH_MINUTES ?? 2);
const loadMs = minutes * 60_000;
const idleMs = 60_000;
/** Of each span. */
const readings = 20;
/** Of the last quarter, against the second. */
const flatBar = 1.05;

/** 110 lines some nine times a second, each of some hundred characters. */
const talk = [
  'i=100',
  'while [ $$i -lt 210 ]; do echo "2026-11-29T00:00:00Z INFO  [worker-3] GET /api/v1/readings/$$i?open=true in $$i ms (pump-17, seq=8$$i)"; i=$$((i+1)); done > /lines',
  'while :; do cat /lines; sleep 0.1; done',
].join('; ');

async function resident(rig: FleetRig, spanMs: number, signal: AbortSignal): Promise<number[]> {
  const values: number[] = [];
  for (let reading = 1; reading <= readings; reading += 1) {
    await setTimeout(spanMs / readings, undefined, { signal });
    const megabytes = (residentMiB(rig.devices[0]?.program.pid) * 2 ** 20) / 1e6;
    values.push(megabytes);
    const seconds = Math.round((reading * spanMs) / readings / 1000);
    console.error(`${String(seconds).padStart(5)} s  ${megabytes.toFixed(1)} MB`);
  }
  return values;
}

async function prepared(): Promise<FleetRig> {
  const programs = await bundle();
  const shipped = asShipped();
  const rig = await FleetRig.prepare({
    narrator: silent,
    devices: [device],
    agentProgram: path.relative(path.dirname(import.meta.dirname), programs.agent ?? ''),
    agentNodeOptions: shipped.nodeOptions,
    agentEnvironment: shipped.environment,
  });
  await initialise(rig);
  await addGateway(rig);
  await addDevices(rig);
  await release(rig, firstRelease);
  rig.operator.edit(
    'fleet.yaml',
    [['telemetry', 'logs'], true],
    [['telemetry', 'metrics'], { interval: '15s' }],
    [['telemetry', 'maxBytesPerDay'], '4GiB'],
  );
  await rig.gateway.start();
  return rig;
}

/** How many lines of a service stand in commits of the device: the number of the first line of the newest segment that is there. */
async function pushed(rig: FleetRig, service: string): Promise<number> {
  const names = await rig.telemetry.log(device, '-50', '--name-only', '--format=');
  const numbers = names.split('\n').flatMap(name => {
    const place = readSegmentPath(name);
    return place?.kind === 'logs' && place.service === service ? [place.sequence] : [];
  });
  return Math.max(0, ...numbers);
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const rig = await prepared();
  try {
    const quiet = await publish(rig, 'hello');
    rig.devices[0]?.program.start();
    await appliedEverywhere(rig, quiet);
    const idle = median(await resident(rig, idleMs, signal));
    yield figure('resident memory of the bundled agent at rest, all telemetry on', 'MB', idle, null, {
      ...{ of: 'ours', is: '<=', limit: 90 },
    });
    rig.operator.edit('apps/hello/compose.yaml', [
      ['services', 'worker', 'command'],
      ['/bin/sh', '-c', talk],
    ]);
    await release(rig, secondRelease);
    await appliedEverywhere(rig, await publish(rig, 'talk'));
    const curve = await resident(rig, loadMs, signal);
    // The pass that starts the container, and the last segment that is not there yet.
    const lines = await pushed(rig, 'worker');
    yield figure('lines in signed commits on the gateway (peer: 1,000 a second)', '', lines, loadMs, {
      ...{ of: 'ratio', is: '>=', limit: 0.95 },
    });
    const quarter = (number: number) =>
      median(curve.slice((number * readings) / 4, ((number + 1) * readings) / 4));
    const [second, last] = [quarter(1), quarter(3)];
    const work = `the same in the last quarter of ${minutes} minutes of 1,000 lines/s`;
    yield figure(work, 'MB', last, null, { of: 'ours', is: '<=', limit: 100 });
    yield figure(`${work} (peer: its second quarter; flat)`, 'MB', last, second, {
      ...{ of: 'ratio', is: '<=', limit: flatBar },
    });
  } finally {
    await rig.stop();
  }
}
