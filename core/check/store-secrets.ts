/** Devices that are alike but for their names have files of their own that open their stores. */
import { desiredStores } from '../desired/backup-stores.ts';
import type { DesiredProject } from '../desired/state.ts';
import type { Problem } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { mergeDevice } from '../fleet/merge.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

/** @param projects of one of the devices @param others that have the same, but for the device's name */
export async function storeSecretProblems(
  { fleet, reader, commit }: { fleet: Fleet; reader: RepositoryFiles; commit: ObjectId },
  projects: readonly DesiredProject[],
  others: readonly string[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (projects.every(({ backup }) => backup?.store === undefined)) return problems;
  for (const id of others) {
    const layers = layersOf(fleet, id);
    if (layers === undefined) continue;
    await desiredStores(layers, mergeDevice(layers), projects, { reader, commit, problems });
  }
  return problems;
}
