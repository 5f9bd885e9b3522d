/** The tree of a commit with one file replaced: only the folders on the way to it are made anew. */
import { TowlineError } from '../../errors.ts';
import type { ObjectReader } from '../../trust/git/object-reader.ts';
import type { ObjectId } from '../../trust/git/object-source.ts';
import type { TreeEntry } from '../../trust/git/tree-object.ts';
import { type MadeObject, makeObject } from './object-write.ts';

export interface Replacement {
  readonly reader: ObjectReader;
  readonly commit: ObjectId;
  /** Of a file that is there: it keeps its mode. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * @returns the new objects, the root tree last
 * @throws TowlineError FLEET_FILE_MISSING; as the reader
 */
export async function replacedFile({ reader, commit, path, bytes }: Replacement): Promise<MadeObject[]> {
  const names = path.split('/');
  const folders: { readonly entries: readonly TreeEntry[]; readonly name: string }[] = [];
  let tree = (await reader.commit(commit)).tree;
  for (const [index, name] of names.entries()) {
    const entries = await reader.tree(tree);
    const entry = entries.find(found => found.name === name);
    const isFolder = entry?.mode === '040000';
    if (entry === undefined || isFolder === (index === names.length - 1)) throw missing(path);
    folders.push({ entries, name });
    tree = entry.id;
  }
  const made = [makeObject('blob', bytes)];
  for (const { entries, name } of folders.reverse()) {
    const id = made.at(-1)?.id ?? '';
    const lines = entries.map(entry => entryBytes(entry.name === name ? { ...entry, id } : entry));
    made.push(makeObject('tree', Buffer.concat(lines)));
  }
  return made;
}

/** git writes folders without the leading zero. */
const entryBytes = ({ mode, name, id }: TreeEntry): Buffer =>
  Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(id, 'hex')]);

function missing(path: string): TowlineError {
  return new TowlineError('FLEET_FILE_MISSING', `there is no file ${path}`, { position: { file: path } });
}
