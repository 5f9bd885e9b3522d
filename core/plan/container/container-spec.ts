/** A service of the model → the body of the engine's `POST /containers/create`. */
import type { DesiredProject } from '../../desired/state.ts';
import { asText } from '../json-access.ts';
import { seccompProfiles } from '../seccomp-profiles.ts';
import { hostConfigSpec } from './host-config.ts';
import { type EngineMount, mountsSpec, type ProjectPaths } from './mounts.ts';
import { type Endpoint, endpoint, linksOf, networkKeys, sharedNetworkMode } from './networking.ts';
import { portsSpec } from './ports.ts';
import { processSpec } from './process.ts';

export interface ContainerSpecInput {
  readonly project: DesiredProject;
  readonly service: string;
  /** The name that it ends up with. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly paths: ProjectPaths;
  /** Container of another service of the project. @throws when there is none */
  readonly idOf: (service: string) => string;
  /** Name or id under which the engine knows a network of the model. */
  readonly networkReference: (name: string) => string;
  /** Opened secret variables that stand in the environment: the engine keeps them on its disk. */
  readonly secretEnvironment: ReadonlyMap<string, string>;
  /** Anonymous volumes of the container that it replaces: target → volume. */
  readonly inherited: ReadonlyMap<string, string>;
}

export interface ContainerSpec {
  readonly body: Record<string, unknown>;
  /** Networks to join before the start; the first one stands in the body (older engines take one there). */
  readonly furtherEndpoints: readonly Endpoint[];
  /** Folders of the host that must be there. */
  readonly folders: readonly string[];
}

function resolveMode(mode: string | undefined, idOf: (service: string) => string): string | undefined {
  return mode?.startsWith('service:') === true ? `container:${idOf(mode.slice('service:'.length))}` : mode;
}

function inherit(mounts: EngineMount[], inherited: ReadonlyMap<string, string>): EngineMount[] {
  const taken = new Set<string>();
  const result = mounts.map(mount => {
    taken.add(mount.Target);
    const volume = inherited.get(mount.Target);
    const anonymous = mount.Type === 'volume' && mount.Source === undefined;
    return anonymous && volume !== undefined ? { ...mount, Source: volume } : mount;
  });
  for (const [target, volume] of inherited) {
    if (!taken.has(target)) result.push({ Type: 'volume', Source: volume, Target: target });
  }
  return result;
}

export function containerSpec(input: ContainerSpecInput): ContainerSpec {
  const { project, service, idOf } = input;
  const definition = project.model.services[service] ?? {};
  const ports = portsSpec(definition);
  const mounts = mountsSpec(project, service, input.paths, idOf);
  const endpoints = networkKeys(definition).map(key => endpoint(project.model, service, key, input.name));
  const [first, ...furtherEndpoints] = endpoints;
  const mode = resolveMode(sharedNetworkMode(definition), idOf);
  const reference = first === undefined ? undefined : input.networkReference(first.name);
  const hostConfig: Record<string, unknown> = {
    ...hostConfigSpec(definition, seccompProfiles(project, service)),
    PortBindings: ports.bindings,
    Mounts: inherit(mounts.mounts, input.inherited),
    ...(mounts.binds.length === 0 ? {} : { Binds: mounts.binds }),
    Tmpfs: mounts.tmpfs,
    VolumesFrom: mounts.volumesFrom,
    Links: linksOf(project.model, definition),
    NetworkMode: mode ?? reference ?? 'none',
  };
  const pid = resolveMode(asText(definition.pid), idOf);
  const ipc = resolveMode(asText(definition.ipc), idOf);
  if (pid !== undefined) hostConfig.PidMode = pid;
  if (ipc !== undefined) hostConfig.IpcMode = ipc;
  const body = {
    ...processSpec(definition, input.secretEnvironment),
    Labels: input.labels,
    ExposedPorts: ports.exposed,
    HostConfig: hostConfig,
    ...(first === undefined || reference === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [reference]: first.settings } } }),
  };
  return { body, furtherEndpoints, folders: mounts.folders };
}
