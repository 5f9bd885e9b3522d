/**
 * What an object of telemetry points to, read so strictly that `git fsck --strict` has nothing to say of it
 * afterwards.
 */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId, RawObject } from '../../core/trust/git/object-source.ts';

export type Links =
  | { readonly type: 'commit'; readonly tree: ObjectId; readonly parents: readonly ObjectId[] }
  | {
      readonly type: 'tree';
      readonly entries: readonly { readonly id: ObjectId; readonly isTree: boolean }[];
    };

const person = /^[^<>\n]+ <[^<>\n]*> (0|[1-9][0-9]{0,12}) [+-][0-9]{4}$/;
const maxParents = 16;

/** @returns undefined for a blob. @throws TowlineError GATEWAY_PACK_REFUSED */
export function linksOf(object: RawObject): Links | undefined {
  if (object.type === 'blob') return undefined;
  if (object.type === 'commit')
    return commitLinks(Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.length));
  if (object.type === 'tree')
    return treeLinks(Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.length));
  throw refused('tags are not for telemetry');
}

function commitLinks(bytes: Buffer): Links {
  if (bytes.includes(0)) throw refused('a commit with a NUL');
  const headEnd = bytes.indexOf('\n\n');
  if (headEnd < 0) throw refused('a commit without a message');
  const lines = bytes.toString('latin1', 0, headEnd).split('\n');
  const tree = /^tree ([0-9a-f]{40})$/.exec(lines.shift() ?? '')?.[1];
  if (tree === undefined) throw refused('a commit without a tree');
  const parents: ObjectId[] = [];
  while (lines[0]?.startsWith('parent ')) {
    const parent = /^parent ([0-9a-f]{40})$/.exec(lines.shift() ?? '')?.[1];
    if (parent === undefined || parents.length === maxParents) throw refused('a commit with a bad parent');
    parents.push(parent);
  }
  for (const field of ['author ', 'committer ']) {
    const line = lines.shift() ?? '';
    if (!line.startsWith(field) || !person.test(line.slice(field.length))) {
      throw refused(`a commit with a bad ${field.trim()}`);
    }
  }
  const others = lines.every(
    line => /^( |[a-z][a-z0-9-]* )/.test(line) && !/^(tree|parent|author|committer) /.test(line),
  );
  if (!others || lines[0]?.startsWith(' ')) throw refused('a commit with a bad header');
  return { type: 'commit', tree, parents };
}

function treeLinks(bytes: Buffer): Links {
  const entries: { id: ObjectId; isTree: boolean }[] = [];
  let previous = '';
  const names = new Set<string>();
  for (let offset = 0; offset < bytes.length; ) {
    const end = bytes.indexOf(0, offset);
    if (end < 0 || end + 21 > bytes.length) throw refused('a tree that is cut off');
    const match = /^(40000|100644|100755) (.+)$/.exec(bytes.toString('latin1', offset, end));
    const [, mode, name] = match ?? [];
    if (mode === undefined || name === undefined || !isPlainName(name))
      throw refused('a tree with a bad entry');
    const isTree = mode === '40000';
    // Git sorts a folder as if its name ended with a slash.
    const key = isTree ? `${name}/` : name;
    if (key <= previous || names.has(name)) throw refused('a tree out of order');
    previous = key;
    names.add(name);
    entries.push({ id: bytes.toString('hex', end + 1, end + 21), isTree });
    offset = end + 21;
  }
  return { type: 'tree', entries };
}

/** Printable ASCII without separators; nothing that any file system takes for `.git`. */
function isPlainName(name: string): boolean {
  return /^[!-.0-[\]-~]{1,255}$/.test(name) && !/^(\.git.*|git~[0-9]+.*|\.\.?)$/i.test(name);
}

function refused(message: string): TowlineError {
  return new TowlineError('GATEWAY_PACK_REFUSED', message);
}
