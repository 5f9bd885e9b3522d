/** The whole check of a fleet: its files, and the state of every device that differs from the others. */

import { canonicalJson } from '../../core/canonical-json.ts';
import { desiredStateOf } from '../../core/desired/desired-state.ts';
import type { Problem } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { inFileOrder, loadFleet } from '../../core/fleet/load.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import { checkSecrets, type SecretHistory } from '../../core/fleet/secret-check.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface FleetCheck {
  readonly fleet?: Fleet;
  readonly problems: readonly Problem[];
  /** How many device states were computed; devices that only differ by name share one. */
  readonly states: number;
}

/** What of a device decides over its projects. */
function shapeOf(fleet: Fleet, id: string): string {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return '';
  const { apps, engine, registryCredentials } = mergeDevice(layers);
  return canonicalJson({
    engine,
    registryCredentials,
    apps: apps.map(app => ({ ...app, variables: Object.fromEntries(app.variables) })),
  });
}

const noHistory: SecretHistory = async function* none() {};

/**
 * @param history earlier contents of secrets: keys that were revoked may have read them
 * @throws TowlineError when an object is missing or malformed
 */
export async function checkFleet(
  files: RepositoryFiles,
  commit: ObjectId,
  history: SecretHistory = noHistory,
): Promise<FleetCheck> {
  const { fleet, problems } = await loadFleet(files, commit);
  if (fleet === undefined || problems.length > 0)
    return { problems, states: 0, ...(fleet === undefined ? {} : { fleet }) };
  const shapes = new Map<string, string>();
  for (const id of fleet.devices.keys()) {
    const shape = shapeOf(fleet, id);
    if (!shapes.has(shape)) shapes.set(shape, id);
  }
  const found = new Map<string, Problem>();
  for (const id of shapes.values()) {
    const layers = layersOf(fleet, id);
    if (layers === undefined) continue;
    const desired = await desiredStateOf(layers, { reader: files, commit });
    for (const problem of desired.problems) found.set(JSON.stringify(problem), problem);
  }
  const { signal } = new AbortController();
  const sealed = await checkSecrets({ fleet, reader: files, commit, history, date: new Date(), signal });
  for (const problem of sealed) found.set(JSON.stringify(problem), problem);
  return { fleet, problems: inFileOrder([...found.values()]), states: shapes.size };
}
