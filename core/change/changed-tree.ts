/** A tree with some files changed: what nobody touches keeps its id, and is not even read. */
import { TowlineError } from '../errors.ts';
import { readEntryName } from '../trust/git/entry-name.ts';
import { objectId } from '../trust/git/object-hash.ts';
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId, RawObject } from '../trust/git/object-source.ts';
import { parseTree, type TreeEntry } from '../trust/git/tree-object.ts';
import type { Changes } from './changed-files.ts';
import { bytesOf, modeOf, type NewContent } from './new-content.ts';

export interface NewObject extends RawObject {
  readonly id: ObjectId;
}

/** Changes below one folder. */
interface Folder {
  readonly path: string;
  readonly files: Map<string, NewContent | null>;
  readonly folders: Map<string, Folder>;
}

/** Folders in folders. */
const maxDepth = 32;

/**
 * As `git update-index` and `git write-tree` do it; a removed file that is not there is no change.
 * @param root The tree that is changed.
 * @throws TowlineError CLI_CHANGE_REFUSED for a path that devices do not take, or a file in the place of a folder that stays; as
 *   `ObjectReader.tree`
 */
export async function changedTree(
  reader: ObjectReader,
  root: ObjectId,
  changes: Changes,
): Promise<{ readonly tree: ObjectId; readonly objects: readonly NewObject[] }> {
  const objects = new Map<ObjectId, NewObject>();
  const entries = await changedEntries(reader, root, foldersOf(changes), objects);
  const tree = write(entries, root, objects);
  return { tree, objects: [...objects.values()] };
}

function foldersOf(changes: Changes): Folder {
  const root: Folder = { path: '', files: new Map(), folders: new Map() };
  for (const [path, content] of changes) {
    const names = path.split('/');
    const name = names.pop() ?? '';
    if (names.length > maxDepth) throw refused(path, `lies deeper than ${maxDepth} folders`);
    let folder = root;
    for (const each of names) {
      assertName(path, each);
      const inner = folder.folders.get(each) ?? {
        ...{ path: `${folder.path}${each}/`, files: new Map(), folders: new Map() },
      };
      folder.folders.set(each, inner);
      folder = inner;
    }
    assertName(path, name);
    folder.files.set(name, content);
  }
  return root;
}

function assertName(path: string, name: string): void {
  const read = readEntryName(Buffer.from(name, 'utf8'));
  if ('problem' in read) throw refused(path, `has ${read.problem}`);
}

async function changedEntries(
  reader: ObjectReader,
  tree: ObjectId | undefined,
  { path, files, folders }: Folder,
  objects: Map<ObjectId, NewObject>,
): Promise<TreeEntry[]> {
  const before = tree === undefined ? [] : await reader.tree(tree);
  const entries = new Map(before.map(entry => [entry.name, entry]));
  for (const [name, content] of files) {
    if (content === null && entries.get(name)?.mode !== '040000') entries.delete(name);
  }
  for (const [name, folder] of folders) {
    const old = entries.get(name);
    const inner = await changedEntries(reader, old?.mode === '040000' ? old.id : undefined, folder, objects);
    if (inner.length > 0 && old !== undefined && old.mode !== '040000')
      throw refused(`${path}${name}`, 'is a file, and would be lost to a folder of its name');
    if (inner.length === 0) {
      if (old?.mode === '040000') entries.delete(name);
    } else entries.set(name, { name, mode: '040000', id: write(inner, old?.id, objects) });
  }
  for (const [name, content] of files) {
    if (content === null) continue;
    const old = entries.get(name);
    if (old?.mode === '040000') throw refused(`${path}${name}`, 'is a folder');
    const blob = objectOf('blob', bytesOf(content));
    if (blob.id !== old?.id) objects.set(blob.id, blob);
    entries.set(name, { name, mode: modeOf(content) ?? old?.mode ?? '100644', id: blob.id });
  }
  return [...entries.values()];
}

/** @returns its id; new, where it is not the old one. @throws TowlineError CLI_CHANGE_REFUSED for names of one case fold */
function write(
  entries: readonly TreeEntry[],
  old: ObjectId | undefined,
  objects: Map<ObjectId, NewObject>,
): ObjectId {
  const lines = entries.map(({ mode, name, id }) => ({
    key: Buffer.from(mode === '040000' ? `${name}/` : name, 'utf8'),
    bytes: Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(id, 'hex')]),
  }));
  lines.sort((left, right) => Buffer.compare(left.key, right.key));
  const tree = objectOf('tree', Buffer.concat(lines.map(({ bytes }) => bytes)));
  if (tree.id === old) return tree.id;
  try {
    parseTree(tree.bytes, tree.id);
  } catch (cause) {
    throw new TowlineError('CLI_CHANGE_REFUSED', 'devices would not read a folder of it', { cause });
  }
  objects.set(tree.id, tree);
  return tree.id;
}

const objectOf = (type: RawObject['type'], bytes: Uint8Array): NewObject => {
  const object = { type, bytes };
  return { ...object, id: objectId(object) };
};

const refused = (path: string, why: string) =>
  new TowlineError('CLI_CHANGE_REFUSED', `${JSON.stringify(path)} ${why}`);
