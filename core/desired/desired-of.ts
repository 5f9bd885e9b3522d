/** What one device should be at a snapshot, for a person who typed the device's name. */

import { FleetProblems } from '../errors.ts';
import { deviceIds } from '../fleet/device-ids.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { noSuchDevice } from '../unknown-name.ts';
import { type DesiredResult, desiredState } from './desired-state.ts';
import type { DesiredState } from './state.ts';

/** Files at a commit. */
export interface NamedFiles {
  readonly files: RepositoryFiles;
  readonly commit: ObjectId;
  /** `commit 1a2b3c4d`, `the working tree`, `main`. */
  readonly name: string;
}

/**
 * @param projectPrefix of the device's agent.yaml
 * @throws TowlineError CLI_NO_SUCH_DEVICE; CLI_INVALID_FLEET with all that is wrong
 */
export async function desiredOf(
  snapshot: NamedFiles,
  device: string,
  projectPrefix = '',
): Promise<DesiredResult & { readonly state: DesiredState }> {
  const { files: reader, commit } = snapshot;
  const { state, ...rest } = await desiredState({ reader, commit, device, projectPrefix });
  if (state !== undefined) return { ...rest, state };
  if (rest.problems.every(({ code }) => code === 'FLEET_DEVICE_UNKNOWN')) {
    throw noSuchDevice(device, await deviceIds(reader, commit), `at ${snapshot.name}`);
  }
  throw new FleetProblems(rest.problems);
}
