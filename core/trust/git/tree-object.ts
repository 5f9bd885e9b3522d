import { TowlineError } from '../../errors.ts';
import { foldName, readEntryName } from './entry-name.ts';
import type { ObjectId } from './object-source.ts';

/** Modes that a fleet repository may have: folder, file, executable file. */
export type EntryMode = '040000' | '100644' | '100755';

export interface TreeEntry {
  readonly mode: EntryMode;
  readonly name: string;
  readonly id: ObjectId;
}

/** As git writes them into trees: folders without the leading zero. */
const modes: ReadonlyMap<string, EntryMode> = new Map([
  ['40000', '040000'],
  ['100644', '100644'],
  ['100755', '100755'],
]);

const refusedModes: ReadonlyMap<string, string> = new Map([
  ['120000', 'a symbolic link'],
  ['160000', 'a submodule'],
]);

const space = 0x20;
const idBytes = 20;

/**
 * Reads a tree strictly: git's order, no name twice, no two names of one case fold, only the modes above.
 * With a name twice in a tree, two readers of one library disagreed about what the file says.
 * @throws TowlineError TRUST_MALFORMED_OBJECT
 */
export function parseTree(bytes: Uint8Array, id: ObjectId): readonly TreeEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: TreeEntry[] = [];
  const folds = new Set<string>();
  let previous: Buffer | undefined;
  let offset = 0;
  while (offset < buffer.length) {
    const modeEnd = buffer.indexOf(space, offset);
    const nameEnd = modeEnd < 0 ? -1 : buffer.indexOf(0, modeEnd + 1);
    if (nameEnd < 0 || nameEnd + 1 + idBytes > buffer.length) throw malformed(id, 'an entry that is cut off');
    const mode = readMode(buffer.toString('latin1', offset, modeEnd), id);
    const read = readEntryName(buffer.subarray(modeEnd + 1, nameEnd));
    if ('problem' in read) throw malformed(id, read.problem);
    const key = sortKey(buffer.subarray(modeEnd + 1, nameEnd), mode);
    if (previous !== undefined && Buffer.compare(previous, key) >= 0) {
      throw malformed(id, `the name ${JSON.stringify(read.name)} out of git's order or twice`);
    }
    const fold = foldName(read.name);
    if (folds.has(fold))
      throw malformed(id, `the name ${JSON.stringify(read.name)} twice, or twice but for case`);
    folds.add(fold);
    previous = key;
    offset = nameEnd + 1 + idBytes;
    entries.push({ mode, name: read.name, id: buffer.toString('hex', nameEnd + 1, offset) });
  }
  return entries;
}

function readMode(text: string, id: ObjectId): EntryMode {
  const mode = modes.get(text);
  if (mode === undefined) {
    throw malformed(id, refusedModes.get(text) ?? `an entry of mode ${JSON.stringify(text.slice(0, 16))}`);
  }
  return mode;
}

/** git sorts folders as if their names ended in a slash. */
function sortKey(name: Buffer, mode: EntryMode): Buffer {
  return mode === '040000' ? Buffer.concat([name, Buffer.of(0x2f)]) : name;
}

function malformed(id: ObjectId, what: string): TowlineError {
  return new TowlineError('TRUST_MALFORMED_OBJECT', `tree ${id} has ${what}`, { details: { id } });
}
