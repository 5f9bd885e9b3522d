/** A service of the model → the body of the engine's `POST /containers/create`. */

import { seccompProfiles } from '../../desired/seccomp-profiles.ts';
import { networkKeys, sharedNetworkMode } from '../../desired/service-networks.ts';
import type { DesiredProject } from '../../desired/state.ts';
import { hostConfigSpec } from './host-config.ts';
import { label } from './labels.ts';
import { type EngineMount, type MountsSpec, mountsSpec, type ProjectPaths } from './mounts.ts';
import { type Endpoint, endpoint, linksOf } from './networking.ts';
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
  /** It runs beside another one: no name of the service leads to it, and no engine starts it again. Both come later. */
  readonly beside?: true | undefined;
  /** Targets at which the image declares volumes. */
  readonly imageVolumes: readonly string[];
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

/** `/data/` and `/data` are one place; the engine says the latter. */
const plain = (path: string): string => path.replace(/(?<=.)\/+$/, '');

const target = ({ Target }: EngineMount): string => Target;

/** Of `source:target:options`. */
const bindTarget = (bind: string): string => bind.split(':')[1] ?? '';

/** What is declared no more, by the service or by its image, is not mounted again: its data stays on the engine. */
function inherit(
  { mounts, binds, tmpfs }: MountsSpec,
  { inherited, imageVolumes }: ContainerSpecInput,
): { readonly mounts: EngineMount[]; readonly left: ReadonlyMap<string, string> } {
  const left = new Map(inherited);
  const taken = new Set([...binds.map(bindTarget), ...Object.keys(tmpfs), ...mounts.map(target)].map(plain));
  const result = mounts.map(mount => {
    const volume = inherited.get(plain(mount.Target));
    const anonymous = mount.Type === 'volume' && mount.Source === undefined;
    if (!anonymous || volume === undefined) return mount;
    left.delete(plain(mount.Target));
    return { ...mount, Source: volume };
  });
  for (const declared of imageVolumes) {
    const volume = inherited.get(plain(declared));
    if (volume === undefined || taken.has(plain(declared))) continue;
    result.push({ Type: 'volume', Source: volume, Target: plain(declared) });
    left.delete(plain(declared));
  }
  return { mounts: result, left };
}

/** Written also where nothing is left: a label of the image's would stand there, and name volumes of others. */
function leftLabel(left: ReadonlyMap<string, string>): Record<string, string> {
  return { [label.volumes]: JSON.stringify(Object.fromEntries(left)) };
}

export function containerSpec(input: ContainerSpecInput): ContainerSpec {
  const { project, service, idOf } = input;
  const definition = project.model.services[service] ?? {};
  const ports = portsSpec(definition);
  const mounts = mountsSpec(project, service, input.paths, idOf);
  const inherited = inherit(mounts, input);
  const endpoints = networkKeys(definition)
    .map(key => endpoint(project.model, service, key, input.name))
    .map(one => (input.beside === true ? { ...one, settings: { ...one.settings, Aliases: [] } } : one));
  const [first, ...furtherEndpoints] = endpoints;
  const mode = resolveMode(sharedNetworkMode(definition), idOf);
  const reference = first === undefined ? undefined : input.networkReference(first.name);
  const hostConfig: Record<string, unknown> = {
    ...hostConfigSpec(definition, seccompProfiles(project, service)),
    PortBindings: ports.bindings,
    Mounts: inherited.mounts,
    ...(mounts.binds.length === 0 ? {} : { Binds: mounts.binds }),
    Tmpfs: mounts.tmpfs,
    VolumesFrom: mounts.volumesFrom,
    Links: linksOf(project.model, definition),
    NetworkMode: mode ?? reference ?? 'none',
    ...(input.beside === true ? { RestartPolicy: { Name: 'no' } } : {}),
  };
  const pid = resolveMode(definition.pid, idOf);
  const ipc = resolveMode(definition.ipc, idOf);
  if (pid !== undefined) hostConfig.PidMode = pid;
  if (ipc !== undefined) hostConfig.IpcMode = ipc;
  const body = {
    ...processSpec(definition, input.secretEnvironment),
    Labels: { ...input.labels, ...leftLabel(inherited.left) },
    ExposedPorts: ports.exposed,
    HostConfig: hostConfig,
    ...(first === undefined || reference === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [reference]: first.settings } } }),
  };
  return { body, furtherEndpoints, folders: mounts.folders };
}
