/** What a project names on the engine, where all apps of a device have one space of names. */

import type { PositionLookup } from '../compose/value/fault.ts';
import type { NetworkModel, ServiceModel, VolumeModel } from '../compose/value/model.ts';
import { addressKey } from './address-key.ts';
import { instanceCount } from './container-name.ts';
import { resourceName } from './resource-name.ts';
import type { DesiredProject } from './state.ts';

type Path = readonly (string | number)[];

/** A network or volume. */
export interface NamedResource {
  readonly kind: 'network' | 'volume';
  readonly name: string;
  readonly at: Path;
  /** False: it is somebody else's, and is used. */
  readonly isMade: boolean;
  /** Its owner lets others attach. */
  readonly isShared: boolean;
}

/** The containers of a service. */
export interface NamedContainers {
  /** `container_name`. */
  readonly chosen: string | undefined;
  /** What stands before the number of each, where Compose names them. */
  readonly stem: string;
  readonly count: number;
  readonly at: Path;
}

/** A container that exists, as one of a service's namespaces, volumes or links. */
export interface ContainerReference {
  readonly name: string;
  readonly at: Path;
}

/** Ports of the device: one, or those of which the engine takes the first that is free. */
export interface NamedPorts {
  readonly from: number;
  readonly to: number;
  readonly hostIp: string;
  readonly protocol: string;
  readonly at: Path;
}

/** A project of a device with all that it names, and where that stands in its files. */
export interface NamingProject {
  readonly app: string;
  readonly project: DesiredProject;
  readonly positionOf: PositionLookup;
  /** The project's name as its own files say it; Towline gives another one. */
  readonly statedName: string | undefined;
  readonly resources: readonly NamedResource[];
  readonly containers: readonly NamedContainers[];
  readonly references: readonly ContainerReference[];
  readonly ports: readonly NamedPorts[];
}

/** Modes that are no network of the engine's by its name. */
const ownModes = new Set(['', 'none', 'bridge', 'host', 'default', 'private']);

function resources({ model }: DesiredProject, kind: NamedResource['kind']): NamedResource[] {
  const definitions: Record<string, NetworkModel | VolumeModel | null> = model[`${kind}s`] ?? {};
  return Object.entries(definitions).map(([key, definition]) => {
    const name = resourceName(model, `${kind}s`, key);
    const isMade = definition?.external !== true;
    const isShared = definition !== null && 'attachable' in definition && definition.attachable === true;
    return { kind, name, at: [`${kind}s`, key, 'name'], isMade, isShared };
  });
}

/** A network that a service names without declaring it. */
function networkMode([service, { network_mode: mode = '' }]: readonly [
  string,
  ServiceModel,
]): NamedResource[] {
  if (ownModes.has(mode) || /^(?:service|container):/.test(mode)) return [];
  const at = ['services', service, 'network_mode'];
  return [{ kind: 'network', name: mode, at, isMade: false, isShared: false }];
}

function namedResources(project: DesiredProject): NamedResource[] {
  return [
    ...resources(project, 'network'),
    ...resources(project, 'volume'),
    ...Object.entries(project.model.services).flatMap(networkMode),
  ];
}

function namedContainers({ model }: DesiredProject): NamedContainers[] {
  return Object.entries(model.services).map(([service, definition]) => {
    const chosen = definition.container_name;
    const at = ['services', service, ...(chosen === undefined ? [] : ['container_name'])];
    return { chosen, stem: `${model.name}-${service}-`, count: instanceCount(definition), at };
  });
}

/** Whether one of the containers has this name. */
export function hasName({ chosen, stem, count }: NamedContainers, name: string): boolean {
  if (chosen !== undefined) return chosen === name;
  const number = name.startsWith(stem) ? name.slice(stem.length) : '';
  return /^[1-9]\d{0,8}$/.test(number) && Number(number) <= count;
}

/** The engine takes a container's name with a slash before it too. */
const plain = (name: string): string => name.replace(/^\/+/, '');

const prefix = 'container:';
const namespaces = ['network_mode', 'pid', 'ipc', 'uts', 'cgroup', 'userns_mode'] as const;

function containerReferences({ model }: DesiredProject): ContainerReference[] {
  return Object.entries(model.services).flatMap(([service, definition]) => {
    const modes = namespaces.map(key => ({
      text: definition[key] ?? '',
      at: ['services', service, key],
    }));
    const sources = (definition.volumes_from ?? []).map((text, index) => ({
      text: text.startsWith(prefix) ? text.split(':').slice(0, 2).join(':') : '',
      at: ['services', service, 'volumes_from', index],
    }));
    const links = (definition.external_links ?? []).map((text, index) => ({
      text: prefix + (text.split(':')[0] ?? ''),
      at: ['services', service, 'external_links', index],
    }));
    return [...modes, ...sources, ...links]
      .filter(({ text }) => text.startsWith(prefix))
      .map(({ text, at }) => ({ name: plain(text.slice(prefix.length)), at }));
  });
}

function namedPorts({ model }: DesiredProject): NamedPorts[] {
  // What has no container publishes nothing, and what has no network of its own neither.
  const present = Object.entries(model.services).filter(
    ([, definition]) =>
      instanceCount(definition) > 0 && !['host', 'none'].includes(definition.network_mode ?? ''),
  );
  return present.flatMap(([service, { ports = [] }]) =>
    ports.flatMap((port, index) => {
      const [from = Number.NaN, to = from] = (port.published ?? '').split('-').map(Number);
      if (!(from > 0)) return [];
      const hostIp = addressKey(port.host_ip ?? '');
      const protocol = (port.protocol ?? 'tcp').toLowerCase();
      return [{ from, to, hostIp, protocol, at: ['services', service, 'ports', index] }];
    }),
  );
}

const anyAddress: ReadonlySet<string> = new Set(['', '0.0.0.0', '[::]']);

/** Versions of IP. */
const versionsOf = (hostIp: string): readonly number[] =>
  hostIp === '' ? [4, 6] : hostIp.startsWith('[') ? [6] : [4];

/** Whether two apps may come to want the same port. */
export function portsMeet(a: NamedPorts, b: NamedPorts): boolean {
  if (a.protocol !== b.protocol || a.to < b.from || b.to < a.from) return false;
  const others = versionsOf(b.hostIp);
  if (!versionsOf(a.hostIp).some(version => others.includes(version))) return false;
  return a.hostIp === b.hostIp || anyAddress.has(a.hostIp) || anyAddress.has(b.hostIp);
}

export function namingProject(
  project: DesiredProject,
  positionOf: PositionLookup,
  statedName: string | undefined,
): NamingProject {
  return {
    app: project.app,
    project,
    positionOf,
    statedName,
    resources: namedResources(project),
    containers: namedContainers(project),
    references: containerReferences(project),
    ports: namedPorts(project),
  };
}
