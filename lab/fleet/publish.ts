/** A release, and a commit on its way: the same wherever the fleet is. */
import type { StoryFleet } from './story-fleet.ts';

type Publishing = Pick<StoryFleet, 'operator'>;

/** The release's images, resolved to digests at the registry, and assigned to the group of the devices. */
export async function release(rig: Publishing, version: string): Promise<void> {
  const result = await rig.operator.shell('towline', [
    ...['release', 'hello', version, '--assign', 'groups/canary.yaml'],
  ]);
  if (result.code !== 0) throw new Error(`${result.command}: exit ${result.code}`);
}

/** Commits everything, signed, and pushes it to the gateway. @returns the commit. */
export async function publish(rig: Publishing, message: string): Promise<string> {
  const commit = await rig.operator.commit(message);
  const pushed = await rig.operator.push();
  if (pushed.code !== 0) throw new Error(`git push: exit ${pushed.code}\n${pushed.stderr}`);
  return commit;
}
