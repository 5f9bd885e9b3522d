/**
 * `npm run demo [-- --lab] [--keep]`: a whole fleet on this machine, from a signed commit to running containers; with --lab on a lab
 * (lab/sites), which needs root. What it shows is what the commands, the engine and the devices say; it ends when one of them says something else.
 */
import { FleetRig } from '../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../lab/fleet/make-fleet.ts';
import { type Narrator, TerminalNarrator } from '../lab/fleet/narrator.ts';
import { changeFleet, reachDevice, releaseFirst } from './demo/scenes.ts';

async function makeFleet(rig: FleetRig, narrator: Narrator): Promise<void> {
  narrator.scene('A fleet: a signed repository, a gateway, two devices with keys of their own');
  await initialise(rig);
  await addGateway(rig);
  await addDevices(rig);

  await releaseFirst(rig, narrator, {
    gateway: () => rig.gateway.start(),
    devices: () => {
      for (const device of rig.devices) device.program.start();
    },
  });
}

function lookAround(rig: FleetRig, narrator: Narrator): void {
  const { operator, gateway, telemetry, engine } = rig;
  narrator.scene('Still running. Look around in another terminal; Ctrl-C ends and removes everything');
  const environment = { ...operator.environment, DOCKER_HOST: `unix://${engine.socket}` };
  for (const [name, value] of Object.entries(environment)) narrator.output(`export ${name}='${value}'`);
  narrator.output(
    `cd ${operator.directory}   # the fleet: change something, git commit, git push gateway main`,
  );
  narrator.output(`docker ps --filter label=io.towline.device`);
  narrator.output(
    `git --git-dir ${telemetry.directory} fetch && git --git-dir ${telemetry.directory} log --all`,
  );
  narrator.output(
    `tail -f ${gateway.folder}/log ${rig.devices.map(({ folder }) => `${folder}/log`).join(' ')}`,
  );
}

/** Resolves when a person wants it to end. */
function interrupted(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    // `npm run demo | head`: nobody reads on.
    process.stdout.on('error', () => resolve());
  });
}

async function tell(rig: FleetRig, narrator: Narrator, keep: boolean, end: Promise<void>): Promise<void> {
  await makeFleet(rig, narrator);
  await changeFleet(rig, narrator);
  await reachDevice(rig, narrator);
  if (!keep) return;
  lookAround(rig, narrator);
  await end;
}

const narrator = new TerminalNarrator(process.stdout);
const end = interrupted();
const keep = process.argv.includes('--keep');
let stopped = false;

async function onLoopback(): Promise<void> {
  const rig = await FleetRig.prepare({ narrator });
  try {
    const story = tell(rig, narrator, keep, end);
    await Promise.race([story, end]);
    if (stopped) story.catch(() => undefined);
  } finally {
    await rig.stop();
  }
}

async function onLab(): Promise<void> {
  const { tellInLab } = await import('./demo/in-lab.ts');
  const stopping = new AbortController();
  end.then(
    () => stopping.abort(),
    () => undefined,
  );
  await tellInLab(narrator, { keep, signal: stopping.signal, end });
}

try {
  end.then(
    () => (stopped = true),
    () => undefined,
  );
  await (process.argv.includes('--lab') ? onLab() : onLoopback());
} catch (error) {
  console.error(`\nnpm run demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
// A command of the story that Ctrl-C cut off may still be waited for.
process.exit(stopped && !keep ? 130 : (process.exitCode ?? 0));
