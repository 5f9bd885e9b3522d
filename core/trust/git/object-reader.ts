import { TowlineError } from '../../errors.ts';
import { parseParents } from './commit-headers.ts';
import { type Commit, parseCommit } from './commit-object.ts';
import { defaultTrustLimits, type TrustLimits } from './limits.ts';
import { assertObjectId } from './object-hash.ts';
import type { ObjectId, ObjectSource, RawObject } from './object-source.ts';
import { parseTree, type TreeEntry } from './tree-object.ts';
import { type PlainFile, readPlainFile } from './yaml-node.ts';

export interface FileContent {
  readonly mode: '100644' | '100755';
  readonly bytes: Uint8Array;
  readonly id: ObjectId;
}

export interface ListedFile {
  readonly path: string;
  readonly mode: '100644' | '100755';
  readonly id: ObjectId;
}

/** Plain YAML files that a reader keeps, count: one step asks for both sides of a changed file twice. */
const keptFiles = 64;
/** Trees and commits that a reader keeps, count. Neighbouring steps share most of them. */
const keptObjects = 512;
/** Names of a tree from which on it is looked up by name, not entry by entry; and such trees that are kept. */
const manyEntries = 64;
const keptNamed = 8;

/**
 * The one strict reader of git objects, for verification and for everything after it. Every object is hashed
 * against its id before anything is read from it. A reader serves one fetch: its totals only grow.
 */
export class ObjectReader {
  readonly limits: TrustLimits;
  readonly #source: ObjectSource;
  readonly #commits = new Map<ObjectId, Commit>();
  readonly #trees = new Map<ObjectId, readonly TreeEntry[]>();
  readonly #plainFiles = new Map<ObjectId, PlainFile>();
  /** Entries of large trees by name, one look-up after the other: a folder may have thousands, each asked for. */
  readonly #named = new Map<ObjectId, ReadonlyMap<string, TreeEntry>>();
  #objects = 0;
  #bytes = 0;

  constructor(source: ObjectSource, limits: Partial<TrustLimits> = {}) {
    this.#source = source;
    this.limits = Object.freeze({ ...defaultTrustLimits, ...limits });
  }

  /** Whether its totals are used up: then it reads no more, whatever it is asked for. */
  get isSpent(): boolean {
    return this.#objects > this.limits.maxObjects || this.#bytes > this.limits.maxTotalBytes;
  }

  /** A reader of the same source with the same limits, whose totals begin at zero: for the next batch. */
  renewed(): ObjectReader {
    return new ObjectReader(this.#source, this.limits);
  }

  /** @throws TowlineError TRUST_OBJECT_MISSING, TRUST_OBJECT_HASH, TRUST_MALFORMED_OBJECT, TRUST_NOT_A_COMMIT, TRUST_LIMIT */
  async commit(id: ObjectId): Promise<Commit> {
    const kept = this.#commits.get(id);
    if (kept !== undefined) return kept;
    const commit = parseCommit(await this.#read(id, 'commit', this.limits.maxCommitBytes), id);
    keep(this.#commits, id, commit);
    return commit;
  }

  /**
   * The parents of a commit, and nothing else of it: where git itself reads them, whatever the rest looks like.
   * @throws TowlineError as `commit` does, but for TRUST_MALFORMED_OBJECT.
   */
  async parents(id: ObjectId): Promise<readonly ObjectId[]> {
    const kept = this.#commits.get(id);
    return kept?.parents ?? parseParents(await this.#read(id, 'commit', this.limits.maxBlobBytes));
  }

  /** @throws TowlineError as `commit` does. */
  async tree(id: ObjectId): Promise<readonly TreeEntry[]> {
    const kept = this.#trees.get(id);
    if (kept !== undefined) return kept;
    const entries = parseTree(await this.#read(id, 'tree', this.limits.maxTreeBytes), id);
    keep(this.#trees, id, entries);
    return entries;
  }

  /** @throws TowlineError as `commit` does; TRUST_LIMIT beyond `maxBytes`. */
  blob(id: ObjectId, maxBytes: number): Promise<Uint8Array> {
    return this.#read(id, 'blob', Math.min(maxBytes, this.limits.maxBlobBytes));
  }

  /**
   * A blob as plain YAML, or what it is instead.
   * @throws TowlineError as `blob` does.
   */
  async plainYaml(id: ObjectId, maxBytes: number): Promise<PlainFile> {
    const kept = this.#plainFiles.get(id);
    if (kept !== undefined && kept.bytes <= maxBytes) return kept;
    const file = readPlainFile(await this.blob(id, maxBytes));
    keep(this.#plainFiles, id, file, keptFiles);
    return file;
  }

  /** The entry at a path such as `trust/policy.yaml`, or undefined when there is none. */
  async entryAt(commit: ObjectId, path: string): Promise<TreeEntry | undefined> {
    let tree = (await this.commit(commit)).tree;
    const names = path.split('/');
    for (const [index, name] of names.entries()) {
      const entry = await this.#entryOf(tree, name);
      if (entry === undefined || index === names.length - 1) return entry;
      if (entry.mode !== '040000') return undefined;
      tree = entry.id;
    }
    return undefined;
  }

  async #entryOf(tree: ObjectId, name: string): Promise<TreeEntry | undefined> {
    const entries = await this.tree(tree);
    if (entries.length < manyEntries) return entries.find(candidate => candidate.name === name);
    const known = this.#named.get(tree) ?? new Map(entries.map(entry => [entry.name, entry]));
    if (!this.#named.has(tree)) {
      if (this.#named.size >= keptNamed) this.#named.clear();
      this.#named.set(tree, known);
    }
    return known.get(name);
  }

  /** The file at a path, or undefined when there is none or a folder. */
  async fileAt(commit: ObjectId, path: string, maxBytes: number): Promise<FileContent | undefined> {
    const entry = await this.entryAt(commit, path);
    if (entry === undefined || entry.mode === '040000') return undefined;
    return { mode: entry.mode, id: entry.id, bytes: await this.blob(entry.id, maxBytes) };
  }

  /** All files below a folder (`''`: of the repository), in git's order; nothing when there is no such folder. */
  async *list(commit: ObjectId, folder: string): AsyncIterable<ListedFile> {
    if (folder === '') {
      yield* this.#files((await this.commit(commit)).tree, '', 0);
      return;
    }
    const entry = await this.entryAt(commit, folder);
    if (entry?.mode === '040000') yield* this.#files(entry.id, `${folder}/`, folder.split('/').length);
  }

  async *#files(tree: ObjectId, prefix: string, depth: number): AsyncIterable<ListedFile> {
    if (depth > this.limits.maxDepth) throw this.#over(`folders deeper than ${this.limits.maxDepth}`);
    for (const entry of await this.tree(tree)) {
      if (entry.mode === '040000') yield* this.#files(entry.id, `${prefix}${entry.name}/`, depth + 1);
      else yield { path: prefix + entry.name, mode: entry.mode, id: entry.id };
    }
  }

  async #read(id: ObjectId, type: RawObject['type'], maxBytes: number): Promise<Uint8Array> {
    const object = await this.#source.read(id, maxBytes);
    if (object === undefined) {
      throw new TowlineError('TRUST_OBJECT_MISSING', `${type} ${id} is not in the store`, {
        details: { id },
      });
    }
    this.#objects += 1;
    this.#bytes += object.bytes.length;
    if (object.bytes.length > maxBytes)
      throw this.#over(`${type} ${id} of ${object.bytes.length} bytes (limit ${maxBytes})`);
    if (this.#objects > this.limits.maxObjects)
      throw this.#over(`more than ${this.limits.maxObjects} objects`);
    if (this.#bytes > this.limits.maxTotalBytes)
      throw this.#over(`more than ${this.limits.maxTotalBytes} bytes of objects`);
    assertObjectId(object, id);
    if (object.type !== type) {
      const code = type === 'commit' ? 'TRUST_NOT_A_COMMIT' : 'TRUST_MALFORMED_OBJECT';
      throw new TowlineError(code, `${id} is a ${object.type}, not a ${type}`, { details: { id } });
    }
    return object.bytes;
  }

  #over(what: string): TowlineError {
    return new TowlineError('TRUST_LIMIT', what);
  }
}

function keep<Value>(kept: Map<ObjectId, Value>, id: ObjectId, value: Value, most = keptObjects): void {
  if (kept.size >= most) {
    const oldest = kept.keys().next();
    if (oldest.done !== true) kept.delete(oldest.value);
  }
  kept.set(id, value);
}
