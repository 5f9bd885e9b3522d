/** One rig at a time has a device of an id on an engine: containers, networks and volumes are called by it. */
import { claim } from '../machine/kernel-claim.ts';

/**
 * Takes an id for this process, until it ends.
 * @throws Error where another rig has it.
 */
export async function claimDevice(engineSocket: string, id: string): Promise<AsyncDisposable> {
  const claimed = await claim(`${engineSocket}\0${id}`);
  if (claimed !== undefined) return claimed;
  throw new Error(
    `another demo, test or benchmark has a device ${id} on the engine at ${engineSocket}: wait for it, or call this one otherwise`,
  );
}
