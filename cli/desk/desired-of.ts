/** What one device should be at a snapshot, for a person who typed the device's name. */
import { type DesiredResult, desiredState } from '../../core/desired/desired-state.ts';
import type { DesiredState } from '../../core/desired/state.ts';
import { deviceIds } from '../../core/fleet/device-ids.ts';
import { FleetProblems } from '../../core/fleet/fleet-problems.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import type { Snapshot } from './repository.ts';

/** @throws TowlineError CLI_NO_SUCH_DEVICE; CLI_INVALID_FLEET with all that is wrong */
export async function desiredOf(
  snapshot: Snapshot,
  device: string,
): Promise<DesiredResult & { readonly state: DesiredState }> {
  const { files: reader, commit } = snapshot;
  const { state, ...rest } = await desiredState({ reader, commit, device });
  if (state !== undefined) return { ...rest, state };
  if (rest.problems.every(({ code }) => code === 'FLEET_DEVICE_UNKNOWN')) {
    throw noSuchDevice(device, await deviceIds(reader, commit), `at ${snapshot.name}`);
  }
  throw new FleetProblems(rest.problems);
}
