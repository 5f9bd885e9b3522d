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
  const comparison = new Comparison(reader);
  await comparison.compare(folder(oldTree), folder(newTree), '', 0);
  return comparison.changed.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function folder(id: ObjectId): TreeEntry {
  return { mode: '040000', name: '', id };
}

function isFile(entry: TreeEntry | undefined): boolean {
  return entry !== undefined && entry.mode !== '040000';
}

class Comparison {
  readonly changed: ChangedPath[] = [];
  readonly #reader: ObjectReader;

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  async compare(
    before: TreeEntry | undefined,
    after: TreeEntry | undefined,
    path: string,
    depth: number,
  ): Promise<void> {
    if (before?.id === after?.id && before?.mode === after?.mode) return;
    if (isFile(before) || isFile(after)) this.#note(before, after, path);
    const oldNames = await children(this.#reader, before);
    const newNames = await children(this.#reader, after);
    const { maxDepth } = this.#reader.limits;
    if (oldNames.size + newNames.size > 0 && depth > maxDepth) {
      throw new TowlineError('TRUST_LIMIT', `folders deeper than ${maxDepth}: ${path}`);
    }
    for (const name of new Set([...oldNames.keys(), ...newNames.keys()])) {
      const child = path === '' ? name : `${path}/${name}`;
      await this.compare(oldNames.get(name), newNames.get(name), child, depth + 1);
    }
  }

  #note(before: TreeEntry | undefined, after: TreeEntry | undefined, path: string): void {
    const { maxChangedPaths } = this.#reader.limits;
    if (this.changed.length >= maxChangedPaths) {
      throw new TowlineError('TRUST_LIMIT', `a change of more than ${maxChangedPaths} paths`);
    }
    if (Buffer.byteLength(path) > maxPathBytes)
      throw new TowlineError('TRUST_LIMIT', `a path longer than ${maxPathBytes} bytes`);
    const [oldMode, oldId] = side(before);
    const [newMode, newId] = side(after);
    this.changed.push({ path, oldMode, oldId, newMode, newId });
  }
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
