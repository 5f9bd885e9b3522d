/** Repository and device → what the device should be. Deterministic: the same commit gives the same bytes anywhere. */
import type { Apps } from '../../schemas/types.generated.ts';
import { accessAt } from '../access/access-at.ts';
import { accessProvenance, mergedAccess } from '../access/merged-access.ts';
import type { OperatorFiles } from '../access/operators.ts';
import type { AccessSettings } from '../access/settings.ts';
import type { Position, Problem } from '../errors.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { inFileOrder } from '../fleet/load.ts';
import { loadDevice } from '../fleet/load-device.ts';
import type { MergedDevice } from '../fleet/merge.ts';
import { appFolder } from '../fleet/paths.ts';
import { readPublishers } from '../fleet/publishers.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import { retiredApps } from '../fleet/retired.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';
import { type RolledApp, type RolledDevice, rolledOut } from '../rollout/rolled-out.ts';
import { byCommit, type When } from '../rollout/when.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { Contest } from '../trust/holders/first-holder.ts';
import { type DesiredAgent, desiredAgent } from './agent.ts';
import type { AssignedPart } from './app-files.ts';
import { desiredStores } from './backup-stores.ts';
import { betweenApps } from './between-apps.ts';
import type { NamingProject } from './engine-names.ts';
import { unknownServiceWarnings } from './entered-services.ts';
import { desiredNext } from './next.ts';
import { desiredProject } from './project.ts';
import { registryCredentials as credentials } from './registry-credentials.ts';
import { deviceSettings, gatewayAddresses, settingsProvenance } from './settings.ts';
import type { DesiredNext, DesiredState, DesiredWayIn } from './state.ts';

export interface DesiredOptions {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  /** Put before project names, so that two agents can share an engine. */
  readonly projectPrefix?: string;
  /** Which of several files that give the device's id, or a key, had it first: what came later does not lock it out. */
  readonly firstOf?: (contest: Contest) => Promise<string | undefined>;
  /** What has come by now: stages of rollouts, ends of pins. Absent: as the commit has it. */
  readonly when?: When;
  /** Who asks who may come in gives what it has read of people before. Absent: a state without `access`. */
  readonly operators?: OperatorFiles;
}

export interface DesiredResult {
  readonly state?: DesiredState;
  /** Also of a commit whose apps have problems: who is shut out there is shut out. */
  readonly wayIn?: DesiredWayIn;
  readonly merged?: RolledDevice;
  /** What stands behind its tunnel, open or not. */
  readonly access?: AccessSettings;
  /** App → the variables that its Compose file saw. */
  readonly environments?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** As in the state, also of a commit whose apps have problems: a newer agent may understand them. */
  readonly agent?: DesiredAgent;
  /** As in the state, also where there is none. */
  readonly next?: readonly DesiredNext[];
  readonly problems: Problem[];
  /** What is taken as it stands, and was hardly meant: it keeps no commit from being applied. */
  readonly warnings: Problem[];
}

/** The narrowest file that assigns an app, and where: the app itself, a release, one of its secrets. */
function assignment(layers: DeviceLayers, { app, rollout }: RolledApp, part?: AssignedPart): Position {
  const mover = layers.rollouts.get(app)?.get(rollout?.rollout ?? '');
  const isMoved = part === (rollout?.state === 'open' ? 'release' : 'next');
  if (mover !== undefined && isMoved && rollout?.state !== 'waits') return mover.locate('/to');
  const files = [layers.device, ...[...layers.groups].reverse(), layers.fleet];
  const pointers = files.map(file => {
    const apps: Apps = file.value.apps ?? {};
    const assigned = apps[app];
    const index = typeof part === 'object' ? (assigned?.secrets ?? []).indexOf(part.secret) : -1;
    const inner = index >= 0 ? `/secrets/${index}` : '';
    if (typeof part === 'string')
      return { file, assigned, fits: assigned?.[part] !== undefined, inner: `/${part}` };
    return { file, assigned, fits: part === undefined || inner !== '', inner };
  });
  const given = pointers.filter(({ assigned }) => assigned !== undefined);
  const found = given.find(({ fits }) => fits) ?? given[0];
  if (found === undefined) return { file: layers.device.path };
  return found.inner === ''
    ? found.file.locate(`/apps/${app}`, 'key')
    : found.file.locate(`/apps/${app}${found.inner}`);
}

/** Whether a commit has an app, by its folder; each is looked for once. */
function appsOf(reader: RepositoryFiles, commit: ObjectId): (app: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  const look = async (app: string): Promise<boolean> => {
    for await (const { path } of reader.list(commit, appFolder(app))) return path !== '';
    return false;
  };
  return app => {
    const looking = known.get(app) ?? look(app);
    known.set(app, looking);
    return looking;
  };
}

/** Whatever its apps are by now, and whatever they wait for: it is told to go. */
function leaving(merged: RolledDevice): RolledDevice {
  const { agent: _agent, ...rest } = merged;
  return { ...rest, apps: [], windows: [], paused: false, registryCredentials: undefined };
}

async function desiredWayIn(
  layers: DeviceLayers,
  tunnel: DesiredTunnel,
  options: DesiredOptions,
): Promise<DesiredWayIn> {
  const { operators } = options;
  const access = operators === undefined ? undefined : await accessAt(layers, { ...options, operators });
  return { tunnel: recordedAlone(tunnel, layers), ...(access === undefined ? {} : { access }) };
}

/** Where every way in has to be recorded, the tunnel itself leads to no place that is not: whatever a gateway asks for. */
function recordedAlone(tunnel: DesiredTunnel, layers: DeviceLayers): DesiredTunnel {
  return mergedAccess(layers).record === 'required' ? { ...tunnel, targets: [] } : tunnel;
}

function provenanceOf(layers: DeviceLayers, merged: MergedDevice): Map<string, string> {
  return new Map([...merged.provenance, ...settingsProvenance(layers), ...accessProvenance(layers)]);
}

/** As `desiredState`, for layers that were loaded already: the CLI and the gateway have the whole fleet. */
export async function desiredStateOf(layers: DeviceLayers, options: DesiredOptions): Promise<DesiredResult> {
  const { reader, commit, projectPrefix = '', when = byCommit } = options;
  const retired = retiredApps(layers.device.value);
  const merged = retired === undefined ? rolledOut(layers, when) : leaving(rolledOut(layers, when));
  const fleet = layers.fleet.value.name;
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const named: NamingProject[] = [];
  const next: DesiredNext[] = [];
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const provenance = provenanceOf(layers, merged);
  const publishers =
    merged.apps.length === 0 ? undefined : await readPublishers({ reader, commit, problems });
  for (const app of merged.apps) {
    const request = {
      reader,
      commit,
      fleet,
      device: layers.id,
      app,
      engine: merged.engine,
      restore: layers.device.value.restore,
      paused: merged.paused,
      projectPrefix,
      publishers,
      strictVariables: layers.fleet.value.compose?.variables === 'strict',
      assignedBy: (part?: AssignedPart) => assignment(layers, app, part),
    };
    const made = await desiredProject(request);
    const ahead = await desiredNext(request);
    if (ahead.next !== undefined) next.push(ahead.next);
    warnings.push(...ahead.warnings, ...made.warnings);
    problems.push(...made.problems);
    if (made.naming === undefined || made.environment === undefined) continue;
    named.push(made.naming);
    environments.set(app.app, made.environment.values);
    for (const [pointer, path] of made.environment.provenance) provenance.set(pointer, path);
  }
  problems.push(...(await betweenApps(named, { has: appsOf(reader, commit), projectPrefix })));
  const projects = named.map(({ project }) => project);
  warnings.push(...unknownServiceWarnings(layers, projects));
  const registryCredentials = await credentials(layers, merged, { reader, commit, problems });
  const backupStores = await desiredStores(layers, merged, projects, { reader, commit, problems });
  const agent = await desiredAgent(layers, merged.agent, { reader, commit });
  const coming = { ...(next.length === 0 ? {} : { next }), ...(agent === undefined ? {} : { agent }) };
  const told = { problems: inFileOrder(problems), warnings: inFileOrder(warnings), ...coming };
  const wayIn = await desiredWayIn(layers, merged.tunnel, options);
  if (problems.length > 0) return { wayIn, ...told };
  const state: DesiredState = {
    fleet,
    device: layers.id,
    commit,
    projects,
    ...coming,
    ...wayIn,
    settings: deviceSettings(layers, merged),
    engine: merged.engine,
    gateways: gatewayAddresses(layers),
    provenance: new Map([...provenance].sort(([left], [right]) => (left < right ? -1 : 1))),
    ...(backupStores.length === 0 ? {} : { backupStores }),
    ...(registryCredentials === undefined ? {} : { registryCredentials }),
    ...(retired === undefined ? {} : { retired }),
  };
  return { state, merged, access: mergedAccess(layers), environments, ...told };
}

/**
 * What one device should be at a commit. Reads only what this device needs.
 * @returns the state, or every problem; a commit with problems is not applied
 * @throws TowlineError when an object is missing or malformed
 */
export async function desiredState(
  options: DesiredOptions & { readonly device: string },
): Promise<DesiredResult> {
  const { reader, commit, device: id, firstOf } = options;
  const first = firstOf && ((paths: readonly string[]) => firstOf({ paths }));
  const { layers, problems } = await loadDevice({ reader, commit, id, firstOf: first });
  return layers === undefined ? { problems, warnings: [] } : desiredStateOf(layers, options);
}
