/**
 * Commits made in this process, byte for byte those that git makes: `git commit-tree` and ssh-keygen are three programs
 * to start. What is out of the ordinary is left to them.
 */
import { makeObject } from '../../core/io/git/object-write.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import { readLoose, storeMade } from './loose-object.ts';

/** Path → its mode and object; null removes it. */
export type TreeChanges = ReadonlyMap<string, TreeEntry | null>;
export interface TreeEntry {
  readonly mode: string;
  readonly id: ObjectId;
}

export interface PlainCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly timeSec: number;
  readonly message: string;
  /** Armors a signature in git's namespace. Undefined: it is unsigned. */
  readonly sign: ((payload: Uint8Array, namespace: string) => string) | undefined;
}

const ordinaryModes = new Set(['100644', '100755', '120000', '160000', '40000']);

/** @returns undefined when it is for git to make, or to refuse */
export async function makePlainCommit(
  repository: string,
  { tree, parents, timeSec, message, sign }: PlainCommit,
): Promise<ObjectId | undefined> {
  // git takes a shorter number for a date.
  const isPlain = Number.isInteger(timeSec) && timeSec >= 100_000_000 && !message.includes('\0');
  if (!isPlain || !message.endsWith('\n') || new Set(parents).size !== parents.length) return undefined;
  for (const parent of parents)
    if (!isObjectId(parent) || (await readLoose(repository, parent))?.type !== 'commit') return undefined;
  const person = `Test <test@example.com> ${timeSec} +0000`;
  const lines = [`tree ${tree}`, ...parents.map(parent => `parent ${parent}`), `author ${person}`];
  const head = [...lines, `committer ${person}`].join('\n');
  const unsigned = `${head}\n\n${message}`;
  const armored = sign?.(Buffer.from(unsigned), 'git').trimEnd().replaceAll('\n', '\n ');
  const text = armored === undefined ? unsigned : `${head}\ngpgsig ${armored}\n\n${message}`;
  return await storeMade(repository, makeObject('commit', Buffer.from(text)));
}

/** The tree of a commit, or this tree itself. @returns undefined when it is for git to say */
export async function treeOf(repository: string, commit: string): Promise<ObjectId | undefined> {
  const object = isObjectId(commit) ? await readLoose(repository, commit) : undefined;
  if (object?.type === 'tree') return commit;
  if (object?.type !== 'commit') return undefined;
  return /^tree ([0-9a-f]{40})\n/.exec(Buffer.from(object.bytes).toString('latin1'))?.[1];
}

/** A tree with these changes. @returns undefined when it is for git to make, or to refuse */
export async function makePlainTree(
  repository: string,
  base: ObjectId | undefined,
  changes: TreeChanges,
): Promise<ObjectId | undefined> {
  for (const path of changes.keys())
    if (path.split('/').some(name => /^(\.{0,2}|\.git|git~\d)$/i.test(name))) return undefined;
  const made = await changedFolder(repository, base, changes);
  if (made === 'odd') return undefined;
  return made ?? (await storeMade(repository, makeObject('tree', Buffer.alloc(0))));
}

/** @returns undefined when nothing is left in it */
async function changedFolder(
  repository: string,
  base: ObjectId | undefined,
  changes: TreeChanges,
): Promise<ObjectId | undefined | 'odd'> {
  const entries = base === undefined ? new Map<string, TreeEntry>() : await folderOf(repository, base);
  if (entries === undefined) return 'odd';
  const folders = new Map<string, Map<string, TreeEntry | null>>();
  for (const [path, entry] of changes) {
    const slash = path.indexOf('/');
    const name = slash === -1 ? path : path.slice(0, slash);
    const isFolder = entries.get(name)?.mode === '40000';
    // A file in the place of a folder, or a folder in that of a file: git knows what becomes of both.
    if (isFolder ? slash === -1 : slash !== -1 && entries.has(name)) return 'odd';
    if (slash !== -1) folders.set(name, (folders.get(name) ?? new Map()).set(path.slice(slash + 1), entry));
    else if (entry === null) entries.delete(name);
    else entries.set(name, entry);
  }
  for (const [name, inner] of folders) {
    const id = await changedFolder(repository, entries.get(name)?.id, inner);
    if (id === 'odd' || (entries.has(name) && entries.get(name)?.mode !== '40000')) return 'odd';
    if (id === undefined) entries.delete(name);
    else entries.set(name, { mode: '40000', id });
  }
  if (entries.size === 0) return undefined;
  return await storeMade(repository, makeObject('tree', writtenTree(entries)));
}

async function folderOf(repository: string, id: ObjectId): Promise<Map<string, TreeEntry> | undefined> {
  const object = await readLoose(repository, id);
  if (object?.type !== 'tree') return undefined;
  const bytes = Buffer.from(object.bytes);
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    const [mode = '', ...name] = bytes.toString('utf8', at, end).split(' ');
    if (!ordinaryModes.has(mode)) return undefined;
    entries.set(name.join(' '), { mode, id: bytes.toString('hex', end + 1, end + 21) });
    at = end + 21;
  }
  return writtenTree(entries).equals(bytes) ? entries : undefined;
}

function writtenTree(entries: ReadonlyMap<string, TreeEntry>): Buffer {
  const sorted = [...entries].map(([name, { mode, id }]) => ({
    // git sorts a folder as if its name ended in a slash.
    key: Buffer.from(mode === '40000' ? `${name}/` : name),
    bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  }));
  sorted.sort((one, other) => Buffer.compare(one.key, other.key));
  return Buffer.concat(sorted.map(({ bytes }) => bytes));
}
