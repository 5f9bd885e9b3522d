/** The fleet that a change is made of. */
import { FleetProblems } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { type FilesAt, loadAt } from './changed-files.ts';

/** As far as it can be read: what is wrong there already keeps no change from being made. @throws FleetProblems where nothing of it can */
export async function fleetOf(at: FilesAt): Promise<Fleet> {
  const { fleet, problems } = await loadAt(at);
  if (fleet === undefined) throw new FleetProblems(problems);
  return fleet;
}
