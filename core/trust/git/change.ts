import { TowlineError } from '../../errors.ts';
import type { ObjectReader } from './object-reader.ts';
import type { ObjectId } from './object-source.ts';
import type { EntryMode, TreeEntry } from './tree-object.ts';

export const noMode = '000000';
export const noObject: ObjectId = '0'.repeat(40);

type FileMode = '100644' | '100755' | typeof noMode;

/** One path of a change. A path that is not there has mode 000000 and an id of zeros. */
export interface ChangedPath {
  readonly path: string;
  readonly oldMode: FileMode;
  readonly oldId: ObjectId;
  readonly newMode: FileMode;
  readonly newId: ObjectId;
}

/** Bytes of a path, at most. */
const maxPathBytes = 1024;

/**
 * What differs between two trees, sorted by the bytes of the paths. Reads only folders that differ.
 * @throws TowlineError TRUST_LIMIT, and what the reader throws.
 */
export async function changeBetween(
  reader: ObjectReader,
  oldTree: ObjectId,
  newTree: ObjectId,
): Promise<ChangedPath[]> {
  const changed: ChangedPath[] = [];
  await compare(reader, folder(oldTree), folder(newTree), '', 0, changed);
  return changed.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function folder(id: ObjectId): TreeEntry {
  return { mode: '040000', name: '', id };
}

async function compare(
  reader: ObjectReader,
  before: TreeEntry | undefined,
  after: TreeEntry | undefined,
  path: string,
  depth: number,
  changed: ChangedPath[],
): Promise<void> {
  if (before?.id === after?.id && before?.mode === after?.mode) return;
  const file = (entry: TreeEntry | undefined): boolean => entry !== undefined && entry.mode !== '040000';
  if (file(before) || file(after)) note(reader, before, after, path, changed);
  const oldNames = await children(reader, before);
  const newNames = await children(reader, after);
  if (oldNames.size + newNames.size > 0 && depth > reader.limits.maxDepth) {
    throw new TowlineError('TRUST_LIMIT', `folders deeper than ${reader.limits.maxDepth}: ${path}`);
  }
  for (const name of new Set([...oldNames.keys(), ...newNames.keys()])) {
    const child = path === '' ? name : `${path}/${name}`;
    await compare(reader, oldNames.get(name), newNames.get(name), child, depth + 1, changed);
  }
}

function note(
  reader: ObjectReader,
  before: TreeEntry | undefined,
  after: TreeEntry | undefined,
  path: string,
  changed: ChangedPath[],
): void {
  if (changed.length >= reader.limits.maxChangedPaths) {
    throw new TowlineError('TRUST_LIMIT', `a change of more than ${reader.limits.maxChangedPaths} paths`);
  }
  if (Buffer.byteLength(path) > maxPathBytes)
    throw new TowlineError('TRUST_LIMIT', `a path longer than ${maxPathBytes} bytes`);
  const [oldMode, oldId] = side(before);
  const [newMode, newId] = side(after);
  changed.push({ path, oldMode, oldId, newMode, newId });
}

function side(entry: TreeEntry | undefined): [FileMode, ObjectId] {
  const mode: EntryMode | undefined = entry?.mode;
  return entry === undefined || mode === undefined || mode === '040000'
    ? [noMode, noObject]
    : [mode, entry.id];
}

async function children(reader: ObjectReader, entry: TreeEntry | undefined): Promise<Map<string, TreeEntry>> {
  if (entry?.mode !== '040000') return new Map();
  return new Map((await reader.tree(entry.id)).map(child => [child.name, child]));
}
