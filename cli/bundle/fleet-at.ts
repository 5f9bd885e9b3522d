/** The fleet at a commit of a clone. */
import { FleetProblems } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { openSnapshot } from '../desk/repository.ts';

/**
 * @param needed ids of devices; a file that is wrong is read by nobody, so that its device would seem not to be there
 * @throws FleetProblems
 */
export async function fleetAt(
  repo: string,
  commit: ObjectId,
  needed: readonly string[] = [],
): Promise<Fleet> {
  await using snapshot = await openSnapshot({ repo, commit });
  const { fleet, problems } = await loadFleet(snapshot.files, commit);
  const isWrong = problems.length > 0 && needed.some(id => fleet?.devices.has(id) !== true);
  if (fleet === undefined || isWrong) throw new FleetProblems(problems);
  return fleet;
}
