/** The fleet at a commit of a clone. */
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { FleetProblems } from '../command/report-error.ts';
import { openSnapshot } from '../desk/repository.ts';

/** @throws FleetProblems */
export async function fleetAt(repo: string, commit: ObjectId): Promise<Fleet> {
  await using snapshot = await openSnapshot({ repo, commit });
  const { fleet, problems } = await loadFleet(snapshot.files, commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  return fleet;
}
