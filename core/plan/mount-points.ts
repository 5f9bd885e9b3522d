/**
 * What is mounted inside a folder of the repository needs a place there: the folder is mounted read-only, and no engine can
 * make a place in what is.
 */

import type { ServiceModel } from '../compose/value/model.ts';
import type { FileMount } from './file-mount.ts';
import { folderMode, makeTree, type TreeEntry } from './file-tree.ts';

const emptyFileMode = 0o644;

interface Place {
  readonly target: string;
  readonly mode: number;
}

/** The mounts of one service, with places in their trees for what its other mounts put there. */
export function withMountPoints(mounts: readonly FileMount[], definition: ServiceModel): FileMount[] {
  const places = [...mounts.flatMap(placesOf), ...otherPlaces(definition)];
  return mounts.map(mount => {
    if (mount.source.kind !== 'tree') return mount;
    const { tree } = mount.source;
    const entries = new Map(tree.entries.map(entry => [entry.path, entry]));
    for (const place of places) addPlace(entries, `${tree.leaf}/`, mount.target, place);
    if (entries.size === tree.entries.length) return mount;
    const sorted = [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { ...mount, source: { kind: 'tree', tree: makeTree(tree.leaf, sorted, tree) } };
  });
}

function addPlace(entries: Map<string, TreeEntry>, root: string, above: string, place: Place): void {
  const folder = above.replace(/\/*$/, '/');
  if (!place.target.startsWith(folder)) return;
  const names = place.target
    .slice(folder.length)
    .split('/')
    .filter(name => name !== '');
  // Not of a single file; and the path of what is mounted there is the engine's to judge.
  if (names.length === 0 || names.includes('..') || entries.has(root.slice(0, -1))) return;
  const at = root + names.join('/');
  const isThere = [...entries.keys()].some(path => path === at || path.startsWith(`${at}/`));
  const isBelowFile = names.some((_, index) => {
    const entry = entries.get(root + names.slice(0, index).join('/'));
    return entry !== undefined && entry.mode !== folderMode;
  });
  if (!isThere && !isBelowFile) entries.set(at, { path: at, mode: place.mode, bytes: new Uint8Array() });
}

/** Whether a path of the host is a file or a folder is not known here: what is mounted there must be in the repository. */
function placesOf({ target, source }: FileMount): Place[] {
  if (source.kind === 'host' || source.kind === 'missing') return [];
  const isFile = source.kind === 'tree' && source.tree.entries.some(({ path }) => path === source.tree.leaf);
  return [{ target, mode: isFile ? emptyFileMode : folderMode }];
}

function otherPlaces(definition: ServiceModel): Place[] {
  const { volumes = [] } = definition;
  const targets = volumes.filter(({ type }) => type !== 'bind').map(({ target = '' }) => target);
  const tmpfs = (definition.tmpfs ?? []).map(text => text.split(':')[0] ?? '');
  return [...targets, ...tmpfs].map(target => ({ target, mode: folderMode }));
}
