/**
 * `npm run demo [-- --keep]`: a whole fleet on this machine, from a signed commit to running containers. What it
 * shows is what the commands, the engine and the devices say; it ends when one of them says something else.
 */
import { FleetRig } from '../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../lab/fleet/make-fleet.ts';
import { type Narrator, TerminalNarrator } from '../lab/fleet/narrator.ts';
import { publish, release } from '../lab/fleet/publish.ts';
import { firstRelease } from '../lab/fleet/releases.ts';
import {
  appliedEverywhere,
  changeOneService,
  closeTunnel,
  mend,
  openTunnel,
  pushUnsigned,
  releaseBroken,
  runningServices,
} from './demo/story.ts';
import { serviceTable, statusTable } from './demo/tables.ts';

async function makeFleet(rig: FleetRig, narrator: Narrator): Promise<void> {
  narrator.scene('A fleet: a signed repository, a gateway, two devices with keys of their own');
  await initialise(rig);
  await addGateway(rig);
  await addDevices(rig);

  narrator.scene('A signed release');
  await release(rig, firstRelease);
  await rig.gateway.start();
  const commit = await publish(rig, `hello ${firstRelease}`);
  for (const device of rig.devices) device.program.start();
  await rig.operator.shell('git', ['log', '-1', '--format=%h %s%n%GG%(trailers)']);
  narrator.output(statusTable(await appliedEverywhere(rig, commit)));
  narrator.output(serviceTable(await runningServices(rig)));
}

async function changeFleet(rig: FleetRig, narrator: Narrator): Promise<void> {
  narrator.scene('A second release changes one of two services');
  const second = await changeOneService(rig);
  narrator.output(serviceTable(second.after, second.before));

  narrator.scene('A commit that nobody signed');
  const refusal = await pushUnsigned(rig);
  narrator.output(statusTable(refusal.statuses));
  narrator.output(serviceTable(refusal.after, refusal.before));

  narrator.scene('The mend');
  narrator.output(statusTable((await mend(rig)).statuses));

  narrator.scene('A release whose health check fails');
  const broken = await releaseBroken(rig);
  narrator.output(statusTable(broken.statuses));
  for (const [device, { projects }] of broken.statuses)
    narrator.output(`${device}: ${projects[0]?.message ?? ''}`);
  narrator.output(serviceTable(broken.after, broken.before));
}

async function reachDevice(rig: FleetRig, narrator: Narrator): Promise<void> {
  const [{ id } = { id: '' }] = rig.devices;
  narrator.scene(`A tunnel to ${id}, opened by a commit, and plain ssh`);
  const session = await openTunnel(rig, id, ['echo', '"$(whoami)@$(hostname), $(uptime -p)"']);
  if (session.code !== 0) throw new Error(`ssh: exit ${session.code}`);
  await closeTunnel(rig, id);

  narrator.scene('What the devices reported, each on its own signed branch');
  for (const device of rig.devices) {
    narrator.command(`git log --oneline telemetry/${device.id}`);
    narrator.output(await rig.telemetry.log(device.id, '--oneline', '--max-count=12'));
  }
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
let stopped = false;
try {
  const rig = await FleetRig.prepare({ narrator });
  try {
    const story = tell(rig, narrator, process.argv.includes('--keep'), end);
    await Promise.race([story, end.then(() => (stopped = true))]);
    if (stopped) story.catch(() => undefined);
  } finally {
    await rig.stop();
  }
} catch (error) {
  console.error(`\nnpm run demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
// A command of the story that Ctrl-C cut off may still be waited for.
process.exit(stopped && !process.argv.includes('--keep') ? 130 : (process.exitCode ?? 0));
