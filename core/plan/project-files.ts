/**
 * Files of a project that its containers see. Each mounted file or folder is a tree of its own, named by the hash
 * of what is in it: a container is recreated when its tree changes and only then.
 */

import type { FileMountModel } from '../compose/value/model.ts';
import { type DesiredProject, projectDirectory } from '../desired/state.ts';
import type { FileMount, MountSource } from './file-mount.ts';
import { type FileTree, makeTree, type Ownership, sealedTree } from './file-tree.ts';
import { withMountPoints } from './mount-points.ts';

/** 0444 unless it is given. */
function fileMode(mode: string | undefined): number {
  const parsed = Number.parseInt(mode ?? '0444', 8);
  return Number.isNaN(parsed) ? 0o444 : parsed & 0o777;
}

/** Path below the project's folder, '' for the folder itself; undefined for a path outside. */
export function projectPath(source: string): string | undefined {
  if (source === projectDirectory) return '';
  return source.startsWith(`${projectDirectory}/`) ? source.slice(projectDirectory.length + 1) : undefined;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1) || 'tree';
}

/** Where a bind mount's source or a file's path leads. */
export function mountSource(project: DesiredProject, source: string, ownership: Ownership): MountSource {
  const relative = projectPath(source);
  if (relative === undefined) return { kind: 'host', path: source };
  const file = project.files.get(relative);
  if (file !== undefined) {
    const mode = ownership.mode ?? file.mode & 0o777;
    const entry = { path: baseName(relative), mode, bytes: file.bytes };
    return { kind: 'tree', tree: makeTree(entry.path, [entry], ownership) };
  }
  const prefix = relative === '' ? '' : `${relative}/`;
  const entries = [...project.files]
    .filter(([name]) => name.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { mode, bytes }]) => ({
      path: `tree/${name.slice(prefix.length)}`,
      mode: mode & 0o777,
      bytes,
    }));
  if (entries.length === 0) return { kind: 'data', path: relative };
  return { kind: 'tree', tree: makeTree('tree', entries, ownership) };
}

/** What is no number was refused before: the file would stay root's. */
function ownerNumber(text = ''): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Of a config or secret: a file of the project, a text of the model, or a sealed variable. */
function definitionSource(
  project: DesiredProject,
  kind: 'configs' | 'secrets',
  reference: FileMountModel,
): MountSource {
  const { source: name = '', mode: asked } = reference;
  const definition = kind === 'configs' ? project.model.configs?.[name] : project.model.secrets?.[name];
  const ownership = {
    secret: kind === 'secrets',
    uid: ownerNumber(reference.uid),
    gid: ownerNumber(reference.gid),
  };
  const { file, content, environment: variable } = definition ?? {};
  if (file !== undefined) {
    const own = asked === undefined ? ownership : { ...ownership, mode: fileMode(asked) };
    return mountSource(project, file, own);
  }
  const sealed = variable === undefined ? undefined : project.secrets?.variables.get(variable);
  const mode = fileMode(asked);
  if (content === undefined && variable !== undefined && sealed !== undefined) {
    const tree = sealedTree(variable, sealed.fingerprint, mode, ownership);
    return { kind: 'tree', tree };
  }
  if (content === undefined) return { kind: 'missing', what: name };
  const entry = { path: 'content', mode, bytes: new TextEncoder().encode(content) };
  return { kind: 'tree', tree: makeTree('content', [entry], ownership) };
}

function targetOf(kind: 'configs' | 'secrets', name: string, reference: FileMountModel): string {
  const { target } = reference;
  if (kind === 'configs') return target === undefined ? `/${name}` : absolute('/', target);
  return absolute('/run/secrets/', target ?? name);
}

function absolute(folder: string, path: string): string {
  return path.startsWith('/') ? path : `${folder}${path}`;
}

/** Configs, secrets and bind mounts of a service, in the model's order. */
export function fileMounts(project: DesiredProject, service: string): FileMount[] {
  const definition = project.model.services[service] ?? {};
  const mounts: FileMount[] = [];
  for (const kind of ['configs', 'secrets'] as const) {
    for (const reference of definition[kind] ?? []) {
      const { source: name = '' } = reference;
      const source = definitionSource(project, kind, reference);
      const label = `${kind === 'configs' ? 'config' : 'secret'} ${name}`;
      mounts.push({ label, target: targetOf(kind, name, reference), readOnly: true, source });
    }
  }
  for (const volume of definition.volumes ?? []) {
    if (volume.type !== 'bind') continue;
    const { source: path = '' } = volume;
    const source = mountSource(project, path, { secret: false });
    mounts.push({
      label: `file ${projectPath(path) ?? path}`,
      target: volume.target ?? '',
      // What the repository says is what every service sees that mounts it, whatever one of them does.
      readOnly: volume.read_only === true || source.kind === 'tree',
      source,
    });
  }
  return withMountPoints(mounts, definition);
}

/** Every tree that the project's services mount, by hash. */
export function projectTrees(project: DesiredProject): Map<string, FileTree> {
  const trees = new Map<string, FileTree>();
  for (const service of Object.keys(project.model.services)) {
    for (const { source } of fileMounts(project, service)) {
      if (source.kind === 'tree') trees.set(source.tree.hash, source.tree);
    }
  }
  return trees;
}
