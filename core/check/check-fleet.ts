/** The whole check of a fleet: its files, and the state of every device that differs from the others. */

import { canonicalJson } from '../canonical-json.ts';
import { desiredStateOf } from '../desired/desired-state.ts';
import { nextProblems } from '../desired/next.ts';
import type { Problem } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { inFileOrder, loadFleet } from '../fleet/load.ts';
import { mergeDevice } from '../fleet/merge.ts';
import { narrowestAccess } from '../fleet/narrowest-access.ts';
import { readPublishers } from '../fleet/publishers.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import { checkSecrets, type SecretHistory } from '../fleet/secret-check.ts';
import { conflictProblems, fromWarnings, supersededWarnings } from '../rollout/change-check.ts';
import { rolledOut } from '../rollout/rolled-out.ts';
import { byCommit } from '../rollout/when.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { auditorKeyProblems } from './auditor-keys.ts';
import { closedPortWarnings } from './closed-ports.ts';
import { lfsPointerProblems } from './lfs-pointers.ts';
import { longTunnelWarnings } from './long-tunnels.ts';
import { oldTargetWarnings } from './old-targets.ts';
import { policyKeyProblems } from './policy-keys.ts';
import { refusedPolicyProblems } from './refused-policy.ts';
import { storeSecretProblems } from './store-secrets.ts';
import { unassignedApps } from './unassigned-apps.ts';
import { unusedPublisherWarnings } from './unused-publishers.ts';

export interface FleetCheck {
  readonly fleet?: Fleet;
  readonly problems: readonly Problem[];
  /** What is taken as it stands, and was hardly meant. */
  readonly warnings: readonly Problem[];
  /** How many device states were computed; devices that only differ by name share one. */
  readonly states: number;
}

/** What of a device decides over its projects. */
function shapeOf(fleet: Fleet, id: string): string {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return '';
  const { apps, engine, registryCredentials, backupStores } = rolledOut(layers, byCommit);
  return canonicalJson({
    entered: narrowestAccess(layers, 'services')?.value,
    engine,
    registryCredentials,
    backupStores,
    apps: apps.map(({ pin: _pin, ...app }) => ({ ...app, variables: Object.fromEntries(app.variables) })),
  });
}

/** Warnings, each with the devices that it is for: another device may well have the value. */
class Warnings {
  readonly #found = new Map<string, { readonly warning: Problem; readonly devices: string[] }>();

  add(warnings: readonly Problem[], devices: readonly string[]): void {
    for (const warning of warnings) {
      const id = JSON.stringify(warning);
      const found = this.#found.get(id) ?? { warning, devices: [] };
      found.devices.push(...devices);
      this.#found.set(id, found);
    }
  }

  /** @param count of all devices */
  of(count: number): Problem[] {
    const warnings = [...this.#found.values()].map(({ warning, devices }) => {
      if (devices.length === count) return warning;
      const [first, ...others] = devices;
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      return { ...warning, message: `${warning.message} (on ${first}${more})` };
    });
    return inFileOrder(warnings);
  }
}

/** Where a key is malformed to begin with nothing more needs saying. */
async function newKeyProblems(fleet: Fleet, known: readonly Problem[]): Promise<Problem[]> {
  const at = ({ position: { file, line, column } }: Problem) => `${file}:${line}:${column}`;
  const said = new Set(known.map(at));
  return (await policyKeyProblems(fleet)).filter(problem => !said.has(at(problem)));
}

/** What cannot be read at all stands among the problems of the files. */
async function publisherProblems({ images, commit }: Fleet, reader: RepositoryFiles): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (images !== undefined) await readPublishers({ reader, commit, problems });
  return problems;
}

const noHistory: SecretHistory = async function* none() {};

export interface FleetQuestion {
  readonly files: RepositoryFiles;
  readonly commit: ObjectId;
  /** Now. */
  readonly date: Date;
  /** Earlier contents of secrets: keys that were revoked may have read them. */
  readonly history?: SecretHistory;
  /** What was loaded of them already. */
  readonly loaded?: Awaited<ReturnType<typeof loadFleet>>;
}

/** @throws TowlineError when an object is missing or malformed */
export async function checkFleet({
  files,
  commit,
  date,
  history = noHistory,
  loaded,
}: FleetQuestion): Promise<FleetCheck> {
  const { fleet, problems: read } = loaded ?? (await loadFleet(files, commit));
  const malformed =
    fleet === undefined
      ? read
      : inFileOrder([
          ...read,
          ...(await newKeyProblems(fleet, read)),
          ...(await publisherProblems(fleet, files)),
        ]);
  const problems =
    fleet === undefined || malformed.length > 0
      ? malformed
      : await refusedPolicyProblems(fleet, files, commit);
  if (fleet === undefined || problems.length > 0)
    return { problems, warnings: [], states: 0, ...(fleet === undefined ? {} : { fleet }) };
  const at = { fleet, reader: files, commit };
  const shapes = new Map<string, string[]>();
  for (const id of fleet.devices.keys()) {
    const shape = shapeOf(fleet, id);
    const alike = shapes.get(shape);
    if (alike === undefined) shapes.set(shape, [id]);
    else alike.push(id);
  }
  const found = new Map<string, Problem>();
  const assigned = new Set<string>();
  const warnings = new Warnings();
  for (const devices of shapes.values()) {
    const layers = layersOf(fleet, devices[0] ?? '');
    if (layers === undefined) continue;
    for (const { app } of mergeDevice(layers).apps) assigned.add(app);
    const desired = await desiredStateOf(layers, { reader: files, commit });
    const wrong = [
      ...desired.problems,
      ...nextProblems(desired.next ?? []),
      ...lfsPointerProblems(desired.state),
      ...(await storeSecretProblems(at, desired.state?.projects ?? [], devices.slice(1))),
    ];
    for (const problem of wrong) found.set(JSON.stringify(problem), problem);
    warnings.add(desired.warnings, devices);
  }
  const spare = await unassignedApps(fleet, files, assigned);
  for (const problem of spare.problems) found.set(JSON.stringify(problem), problem);
  warnings.add(spare.warnings, [...fleet.devices.keys()]);
  for (const problem of conflictProblems(fleet)) found.set(JSON.stringify(problem), problem);
  const shown = [
    ...fromWarnings(fleet),
    ...supersededWarnings(fleet),
    ...oldTargetWarnings(fleet),
    ...closedPortWarnings(fleet),
    ...longTunnelWarnings(fleet, date.getTime()),
    ...unusedPublisherWarnings(fleet),
  ];
  warnings.add(shown, [...fleet.devices.keys()]);
  const { signal } = new AbortController();
  const sealed = await checkSecrets({ fleet, reader: files, commit, history, date, signal });
  for (const problem of [...sealed, ...(await auditorKeyProblems(fleet, date))])
    found.set(JSON.stringify(problem), problem);
  return {
    fleet,
    problems: inFileOrder([...found.values()]),
    warnings: warnings.of(fleet.devices.size),
    states: shapes.size,
  };
}
