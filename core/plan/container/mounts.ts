/** Volumes, binds, tmpfs, configs and secrets of a service. */

import type { MountModel } from '../../compose/value/model.ts';
import type { DesiredProject } from '../../desired/state.ts';
import { TowlineError } from '../../errors.ts';
import type { FileMount, MountSource } from '../file-mount.ts';
import type { FileTree } from '../file-tree.ts';
import { fileMounts } from '../project-files.ts';
import { sizeBytes } from '../quantity.ts';

/** Folders of this device for one project. */
export interface ProjectPaths {
  /** Trees of plain files: `<files>/<hash>/…`. */
  readonly files: string;
  /** Trees of secret files that stand in the repository as they are. */
  readonly secrets: string;
  /** Trees of opened secrets: on a tmpfs. */
  readonly memory: string;
  /** Data that a project keeps beside its files. */
  readonly data: string;
}

interface BindOptions {
  Propagation?: string;
  NonRecursive?: true;
  ReadOnlyNonRecursive?: true;
  ReadOnlyForceRecursive?: true;
}

/** The engine's Mount object (API: HostConfig.Mounts). */
export interface EngineMount {
  Type: 'bind' | 'volume' | 'tmpfs' | 'image';
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  BindOptions?: BindOptions;
  VolumeOptions?: Record<string, unknown>;
  TmpfsOptions?: Record<string, unknown>;
  ImageOptions?: Record<string, unknown>;
}

export interface MountsSpec {
  readonly mounts: EngineMount[];
  /** Binds that need a label of SELinux: only the engine's older form takes one. */
  readonly binds: string[];
  readonly tmpfs: Record<string, string>;
  readonly volumesFrom: string[];
  /** Folders of the host that must be there before the container starts. */
  readonly folders: string[];
}

/** The folder that a tree of this kind stands in. */
export function treeFolder(tree: FileTree, paths: ProjectPaths): string {
  if (tree.variable !== undefined) return paths.memory;
  return tree.secret ? paths.secrets : paths.files;
}

/** Path on this device of what is mounted. @throws TowlineError ENGINE_CONTENT_MISSING */
export function sourcePath(source: MountSource, paths: ProjectPaths): string {
  switch (source.kind) {
    case 'tree': {
      return `${treeFolder(source.tree, paths)}/${source.tree.hash}/${source.tree.leaf}`;
    }
    case 'data':
      return `${paths.data}/${source.path}`.replace(/\/$/, '');
    case 'host':
      return source.path;
    case 'missing':
      throw new TowlineError('ENGINE_CONTENT_MISSING', `${source.what} has neither content nor a file`);
  }
}

function bindMount(mount: FileMount, { bind = {} }: MountModel, paths: ProjectPaths): EngineMount {
  const options: BindOptions = {};
  if (bind.propagation !== undefined) options.Propagation = bind.propagation;
  if (bind.recursive === 'disabled') options.NonRecursive = true;
  if (bind.recursive === 'writable') options.ReadOnlyNonRecursive = true;
  if (bind.recursive === 'readonly') options.ReadOnlyForceRecursive = true;
  return {
    Type: 'bind',
    Source: sourcePath(mount.source, paths),
    Target: mount.target,
    ReadOnly: mount.readOnly,
    ...(Object.keys(options).length > 0 ? { BindOptions: options } : {}),
  };
}

function volumeMount(project: DesiredProject, volume: MountModel): EngineMount {
  const { source, volume: options = {} } = volume;
  const engineOptions: Record<string, unknown> = {};
  if (options.nocopy === true) engineOptions.NoCopy = true;
  const { labels = {}, subpath } = options;
  if (Object.keys(labels).length > 0) engineOptions.Labels = labels;
  if (subpath !== undefined) engineOptions.Subpath = subpath;
  const name = source === undefined ? undefined : project.model.volumes?.[source]?.name;
  return {
    Type: 'volume',
    ...(source === undefined ? {} : { Source: name ?? source }),
    Target: volume.target ?? '',
    ReadOnly: volume.read_only === true,
    ...(Object.keys(engineOptions).length > 0 ? { VolumeOptions: engineOptions } : {}),
  };
}

function tmpfsMount(volume: MountModel): EngineMount {
  const size = sizeBytes(volume.tmpfs?.size);
  const mode = volume.tmpfs?.mode;
  return {
    Type: 'tmpfs',
    Target: volume.target ?? '',
    ReadOnly: volume.read_only === true,
    TmpfsOptions: {
      ...(size === undefined ? {} : { SizeBytes: size }),
      ...(mode === undefined ? {} : { Mode: mode }),
    },
  };
}

/** Engine API 1.48 and later; older engines refuse it by name before anything is stopped. */
function imageMount(volume: MountModel): EngineMount {
  const subpath = volume.image?.subpath;
  return {
    Type: 'image',
    Source: volume.source ?? '',
    Target: volume.target ?? '',
    ReadOnly: volume.read_only === true,
    ...(subpath === undefined ? {} : { ImageOptions: { Subpath: subpath } }),
  };
}

/** `source:target:ro,Z` */
function labelledBind(mount: EngineMount, selinux: string): string {
  const propagation = mount.BindOptions?.Propagation ?? '';
  const options = [mount.ReadOnly === true ? 'ro' : 'rw', selinux, ...propagation.split(' ')];
  return `${mount.Source}:${mount.Target}:${options.filter(option => option !== '').join(',')}`;
}

/** @param idOf container of another service, for `volumes_from`. */
export function mountsSpec(
  project: DesiredProject,
  serviceName: string,
  paths: ProjectPaths,
  idOf: (service: string) => string,
): MountsSpec {
  const service = project.model.services[serviceName] ?? {};
  const files = fileMounts(project, serviceName);
  const mounts: EngineMount[] = [];
  const folders: string[] = [];
  const binds: string[] = [];
  for (const volume of service.volumes ?? []) {
    if (volume.type === 'volume') mounts.push(volumeMount(project, volume));
    if (volume.type === 'tmpfs') mounts.push(tmpfsMount(volume));
    if (volume.type === 'image') mounts.push(imageMount(volume));
    if (volume.type !== 'bind') continue;
    const mount = files.find(file => file.target === volume.target && file.label.startsWith('file '));
    if (mount === undefined) continue;
    const bound = bindMount(mount, volume, paths);
    const selinux = volume.bind?.selinux;
    if (selinux === undefined) mounts.push(bound);
    else binds.push(labelledBind(bound, selinux));
    const create = volume.bind?.create_host_path === true;
    if (mount.source.kind === 'data' || (mount.source.kind === 'host' && create)) {
      folders.push(sourcePath(mount.source, paths));
    }
  }
  for (const mount of files) {
    if (!mount.label.startsWith('file ')) mounts.push(bindMount(mount, {}, paths));
  }
  const tmpfs: Record<string, string> = {};
  for (const text of service.tmpfs ?? []) {
    const colon = text.indexOf(':');
    tmpfs[colon < 0 ? text : text.slice(0, colon)] = colon < 0 ? '' : text.slice(colon + 1);
  }
  const volumesFrom = (service.volumes_from ?? []).map(source => {
    if (source.startsWith('container:')) return source.slice('container:'.length);
    const [name = '', mode] = source.split(':');
    return mode === undefined ? idOf(name) : `${idOf(name)}:${mode}`;
  });
  return { mounts, binds, tmpfs, volumesFrom, folders };
}
