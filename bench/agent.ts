/**
 * The bundled agent at rest: what it keeps in memory after passes in which nothing was to do, and how long such a pass
 * takes. The peer of the pass is `git fetch` of the same repository with nothing new, by stock git over SSH to the same
 * gateway: what a cron job with git would cost before it had looked at a single container.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from '../scripts/bundle.ts';
import { FleetRig } from '../scripts/demo/fleet-rig.ts';
import { addDevices, addGateway, initialise, publish, release } from '../scripts/demo/make-fleet.ts';
import { silent } from '../scripts/demo/narrator.ts';
import { firstRelease } from '../scripts/demo/releases.ts';
import { appliedEverywhere } from '../scripts/demo/story.ts';
import { waitUntil } from '../scripts/demo/wait-until.ts';
import { type BenchFigure, figure, inTurn, median } from './figure.ts';

/** As deploy/systemd/towline-agent.service starts it. */
const nodeOptions = ['--max-semi-space-size=1'];
const memoryBarMiB = 90;
const passBarMs = 1500;
/** Passes after which memory is read: the first few still load and compile. */
const passesBefore = 10;
const memoryReadings = 5;

/** Resident set of a process, MiB (proc(5), VmRSS). */
function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Resident memory of the agent that has been running for a while. */
async function memory(rig: FleetRig): Promise<number> {
  const [device] = rig.devices;
  if (device === undefined) throw new Error('no device');
  device.program.start();
  const begun = () => device.program.lines().filter(({ msg }) => msg === 'pass begins').length;
  const wait = (passes: number) =>
    waitUntil(`${passes} passes`, () => (begun() >= passes ? true : undefined), { timeoutMs: 120_000 });
  const readings: number[] = [];
  for (let reading = 0; reading < memoryReadings; reading++) {
    await wait(passesBefore + reading);
    readings.push(residentMiB(device.program.pid ?? 0));
  }
  await device.program.stop();
  return median(readings);
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const programs = await bundle();
  const agent = path.relative(path.dirname(import.meta.dirname), programs.agent ?? '');
  const rig = await FleetRig.prepare({
    narrator: silent,
    devices: ['bench'],
    agentProgram: agent,
    agentNodeOptions: nodeOptions,
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

    yield figure('resident memory of the bundled agent, at rest', 'MiB', await memory(rig), null, {
      of: 'ours',
      is: '<=',
      limit: memoryBarMiB,
    });

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
    yield figure(what, 'ms', ours, peer, { of: 'ours', is: '<=', limit: passBarMs });
  } finally {
    await rig.stop();
  }
}
