/** git objects made in memory, and a pack of them. Source: gitformat-pack(5), git's object format. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ObjectId, RawObject } from '../../trust/git/object-source.ts';

export interface MadeObject extends RawObject {
  readonly id: ObjectId;
}

/** Path → content of its file, or the id of a blob that is there already. Paths are relative, with `/`. */
export type TreeFiles = ReadonlyMap<string, Uint8Array | ObjectId>;

const packTypes: Readonly<Record<RawObject['type'], number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

export function makeObject(type: RawObject['type'], bytes: Uint8Array): MadeObject {
  const id = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
  return { type, bytes, id };
}

/** Blobs and trees for these files. @returns all objects that are new, the root tree last */
export function makeTrees(files: TreeFiles): { root: ObjectId; objects: MadeObject[] } {
  const objects: MadeObject[] = [];
  const folders = new Map<string, Map<string, Uint8Array | ObjectId>>();
  const entries: { key: string; entry: Buffer }[] = [];
  const add = (mode: string, name: string, id: ObjectId): void => {
    const entry = Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
    // git sorts a folder as if its name ended in a slash.
    entries.push({ key: mode === '40000' ? `${name}/` : name, entry });
  };
  for (const [path, bytes] of files) {
    const slash = path.indexOf('/');
    if (slash === -1) {
      const blob = typeof bytes === 'string' ? { id: bytes } : makeObject('blob', bytes);
      if ('bytes' in blob) objects.push(blob);
      add('100644', path, blob.id);
      continue;
    }
    const folder = path.slice(0, slash);
    const inner = folders.get(folder) ?? new Map<string, Uint8Array | ObjectId>();
    folders.set(folder, inner.set(path.slice(slash + 1), bytes));
  }
  for (const [folder, inner] of folders) {
    const made = makeTrees(inner);
    objects.push(...made.objects);
    add('40000', folder, made.root);
  }
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const tree = makeObject('tree', Buffer.concat(entries.map(({ entry }) => entry)));
  objects.push(tree);
  return { root: tree.id, objects };
}

/** A pack of whole objects, each once, with its trailer. */
export function buildPack(objects: readonly MadeObject[]): Buffer {
  const unique = [...new Map(objects.map(object => [object.id, object])).values()];
  const header = Buffer.alloc(12);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(unique.length, 8);
  const entries = unique.flatMap(({ type, bytes }) => [entryHeader(type, bytes.length), deflateSync(bytes)]);
  const body = Buffer.concat([header, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function entryHeader(type: RawObject['type'], size: number): Buffer {
  const bytes: number[] = [];
  let byte = (packTypes[type] << 4) | (size & 15);
  let rest = Math.floor(size / 16);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, byte]);
}
