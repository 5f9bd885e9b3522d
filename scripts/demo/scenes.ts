/** The story as the demo tells it, wherever the fleet is. */
import type { Narrator } from '../../lab/fleet/narrator.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import type { StoryFleet } from '../../lab/fleet/story-fleet.ts';
import {
  appliedEverywhere,
  changeOneService,
  closeTunnel,
  mend,
  openTunnel,
  pushUnsigned,
  releaseBroken,
  runningServices,
} from './story.ts';
import { serviceTable, statusTable } from './tables.ts';

/** @param start brings up what is to follow the first release, once it is pushed or before */
export async function releaseFirst(
  rig: StoryFleet,
  narrator: Narrator,
  start: { readonly gateway?: () => Promise<void>; readonly devices?: () => void } = {},
): Promise<void> {
  narrator.scene('A signed release');
  await release(rig, firstRelease);
  await start.gateway?.();
  const commit = await publish(rig, `hello ${firstRelease}`);
  start.devices?.();
  await rig.operator.shell('git', ['log', '-1', '--format=%h %s%n%GG%(trailers)']);
  narrator.output(statusTable(await appliedEverywhere(rig, commit)));
  narrator.output(serviceTable(await runningServices(rig)));
}

export async function changeFleet(rig: StoryFleet, narrator: Narrator): Promise<void> {
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

export async function reachDevice(rig: StoryFleet, narrator: Narrator): Promise<void> {
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
