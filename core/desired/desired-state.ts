/** Repository and device → what the device should be. Deterministic: the same commit gives the same bytes anywhere. */
import type { Apps } from '../../schemas/types.generated.ts';
import type { Position, Problem } from '../errors.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { inFileOrder } from '../fleet/load.ts';
import { loadDevice } from '../fleet/load-device.ts';
import { type MergedDevice, mergeDevice } from '../fleet/merge.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/object-source.ts';
import { desiredProject } from './project.ts';
import { readSecretFile } from './secrets.ts';
import { deviceSettings, gatewayAddresses, settingsProvenance } from './settings.ts';
import type { DesiredProject, DesiredState } from './state.ts';

export interface DesiredOptions {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  /** Put before project names, so that two agents can share an engine. */
  readonly projectPrefix?: string;
}

export interface DesiredResult {
  readonly state?: DesiredState;
  readonly merged?: MergedDevice;
  /** App → the variables that its Compose file saw. */
  readonly environments?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly problems: Problem[];
}

/** The narrowest file that assigns an app, and where. */
function assignment(layers: DeviceLayers, app: string, key?: 'release'): Position {
  const files = [layers.device, ...[...layers.groups].reverse(), layers.fleet];
  const given = files.map(file => ({ file, assigned: ((file.value.apps ?? {}) as Apps)[app] }));
  const found =
    given.find(
      ({ assigned }) => assigned !== undefined && (key === undefined || assigned[key] !== undefined),
    ) ?? given.find(({ assigned }) => assigned !== undefined);
  if (found === undefined) return { file: layers.device.path };
  return key === undefined
    ? found.file.locate(`/apps/${app}`, 'key')
    : found.file.locate(`/apps/${app}/${key}`);
}

/** The SOPS file with logins of registries, unopened. */
async function credentials(
  layers: DeviceLayers,
  { registryCredentials: path }: MergedDevice,
  reader: RepositoryFiles,
  commit: ObjectId,
  problems: Problem[],
): Promise<DesiredState['registryCredentials']> {
  if (path === undefined) return undefined;
  const files = [layers.device, ...[...layers.groups].reverse(), layers.fleet];
  const giver = files.find(({ value }) => value.registryCredentials === path) ?? layers.device;
  const named = { path, position: giver.locate('/registryCredentials') };
  const file = await readSecretFile(reader, commit, named, problems);
  return file === undefined ? undefined : { ...file, path };
}

/** As `desiredState`, for layers that were loaded already: the CLI and the gateway have the whole fleet. */
export async function desiredStateOf(
  layers: DeviceLayers,
  { reader, commit, projectPrefix = '' }: DesiredOptions,
): Promise<DesiredResult> {
  const merged = mergeDevice(layers);
  const fleet = layers.fleet.value.name;
  const problems: Problem[] = [];
  const projects: DesiredProject[] = [];
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const provenance = new Map([...merged.provenance, ...settingsProvenance(layers)]);
  for (const app of merged.apps) {
    const made = await desiredProject({
      reader,
      commit,
      fleet,
      device: layers.id,
      app,
      engine: merged.engine,
      paused: merged.paused,
      projectPrefix,
      assignedBy: key => assignment(layers, app.app, key),
    });
    problems.push(...made.problems);
    if (made.project === undefined || made.environment === undefined) continue;
    projects.push(made.project);
    environments.set(app.app, made.environment.values);
    for (const [pointer, path] of made.environment.provenance) provenance.set(pointer, path);
  }
  const registryCredentials = await credentials(layers, merged, reader, commit, problems);
  if (problems.length > 0) return { problems: inFileOrder(problems) };
  const state: DesiredState = {
    fleet,
    device: layers.id,
    commit,
    projects,
    tunnel: merged.tunnel,
    settings: deviceSettings(layers, merged),
    gateways: gatewayAddresses(layers),
    provenance: new Map([...provenance].sort(([left], [right]) => (left < right ? -1 : 1))),
    ...(registryCredentials === undefined ? {} : { registryCredentials }),
  };
  return { state, merged, environments, problems };
}

/**
 * What one device should be at a commit. Reads only what this device needs.
 * @returns the state, or every problem; a commit with problems is not applied
 * @throws TowlineError when an object is missing or malformed
 */
export async function desiredState(
  options: DesiredOptions & { readonly device: string },
): Promise<DesiredResult> {
  const { layers, problems } = await loadDevice(options.reader, options.commit, options.device);
  return layers === undefined ? { problems } : desiredStateOf(layers, options);
}
