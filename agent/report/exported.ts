/**
 * Commits that a person has carried away, and of which nobody knows whether they came to the gateway. They are kept, so that what
 * is pushed later goes on from them; what they say stays in the spool until the gateway has it.
 */
import path from 'node:path';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { namesIn, readBounded, removeDurably, writeDurably } from '../../core/io/file/durable-file.ts';
import { writeGitBundleHeader } from '../../core/io/git/git-bundle.ts';
import { buildPack, type MadeObject, makeObject } from '../../core/io/git/object-write.ts';
import { fieldsOf, isFields } from '../../core/json.ts';
import { isObjectId, type ObjectId, type RawObject } from '../../core/trust/git/object-source.ts';
import type { StatusCommit } from './status-commit.ts';

/** Of the spool, in one of the commits. */
interface ExportedPiece {
  readonly file: string;
  /** In the commit. */
  readonly path: string;
}

interface ExportedCommit {
  readonly id: ObjectId;
  readonly pieces: readonly ExportedPiece[];
  readonly bytes: number;
}

/** One after the other, the first on top of what the gateway had. */
export interface Line {
  readonly base: ObjectId | undefined;
  readonly commits: readonly ExportedCommit[];
}

const empty: Line = Object.freeze({ base: undefined, commits: [] });
/** All of them are held for a moment. Beyond it there is nothing but the status, until a gateway has them. */
const mostBytes = 12 * 1024 * 1024;
const mostPieces = 1000;
const mostCommits = 200;
const types: readonly RawObject['type'][] = ['commit', 'tree', 'blob', 'tag'];

export class Exported {
  readonly #folder: string;
  readonly #file: CheckedFile<Line>;
  #line: Line;

  private constructor(folder: string, file: CheckedFile<Line>, line: Line) {
    this.#folder = folder;
    this.#file = file;
    this.#line = line;
  }

  /** @param folder `<stateDirectory>/report/exported` */
  static async open(folder: string): Promise<Exported> {
    const file = new CheckedFile(path.join(folder, 'line'), lineIn);
    const found = await file.read();
    return new Exported(folder, file, found.kind === 'value' ? found.value : empty);
  }

  /** What the gateway had when the first of them was made. */
  get base(): ObjectId | undefined {
    return this.#line.base;
  }

  get tip(): ObjectId | undefined {
    return this.#line.commits.at(-1)?.id;
  }

  get count(): number {
    return this.#line.commits.length;
  }

  has(id: ObjectId | undefined): boolean {
    return this.#line.commits.some(commit => commit.id === id);
  }

  /** Of the spool: what one of them has. */
  get files(): ReadonlySet<string> {
    return new Set(this.#line.commits.flatMap(({ pieces }) => pieces.map(({ file }) => file)));
  }

  get paths(): ReadonlySet<string> {
    return new Set(this.#line.commits.flatMap(({ pieces }) => pieces.map(each => each.path)));
  }

  /** What the next one may bring; undefined: there are as many as can be taken back at once. */
  get room(): { readonly maxBytes: number; readonly maxPieces: number } | undefined {
    const { commits } = this.#line;
    if (commits.length >= mostCommits) return undefined;
    const bytes = commits.reduce((sum, commit) => sum + commit.bytes, 0);
    return { maxBytes: Math.max(0, mostBytes - bytes), maxPieces: Math.max(0, mostPieces - this.files.size) };
  }

  /** @param base what the gateway had when the first of them was made */
  async add(
    commit: StatusCommit,
    pieces: readonly ExportedPiece[],
    base: ObjectId | undefined,
  ): Promise<void> {
    const bytes = Buffer.concat(
      commit.objects.flatMap(each => [Buffer.from(`${each.type} ${each.bytes.length}\n`), each.bytes]),
    );
    await writeDurably(path.join(this.#folder, commit.id), bytes);
    const named = pieces.map(({ file, path: where }) => ({ file, path: where }));
    const commits = [...this.#line.commits, { id: commit.id, pieces: named, bytes: bytes.length }];
    await this.#keep({ base: this.#line.commits.length === 0 ? base : this.#line.base, commits });
  }

  /** @param after the gateway has it, and what it stands on @returns undefined: they are not what was written */
  async objects(after?: ObjectId): Promise<MadeObject[] | undefined> {
    const { commits } = this.#line;
    const objects: MadeObject[] = [];
    for (const { id, bytes } of commits.slice(commits.findIndex(commit => commit.id === after) + 1)) {
      const found = objectsIn(await readBounded(path.join(this.#folder, id), bytes).catch(() => undefined));
      if (found?.at(-1)?.id !== id) return undefined;
      objects.push(...found);
    }
    return objects;
  }

  /** All of them, as git reads them. @returns undefined: they are not what was written */
  async bundle(ref: string): Promise<Buffer | undefined> {
    const { tip } = this;
    const objects = await this.objects();
    if (tip === undefined || objects === undefined) return undefined;
    const { base } = this.#line;
    const header = { prerequisites: base === undefined ? [] : [base], refs: new Map([[ref, tip]]) };
    return Buffer.concat([writeGitBundleHeader(header), buildPack(objects)]);
  }

  /** The gateway has them, or goes on without them. */
  async clear(): Promise<void> {
    if (this.#line.commits.length === 0) return;
    await this.#keep(empty);
    for (const name of (await namesIn(this.#folder)).filter(isObjectId))
      await removeDurably(path.join(this.#folder, name)).catch(() => undefined);
  }

  async #keep(line: Line): Promise<void> {
    await this.#file.write(line);
    this.#line = line;
  }
}

function objectsIn(bytes: Buffer | undefined): MadeObject[] | undefined {
  const objects: MadeObject[] = [];
  for (let at = 0; bytes !== undefined && at < bytes.length; ) {
    const [head = '', word, size] = /^([a-z]+) (\d{1,9})\n/.exec(bytes.toString('latin1', at, at + 32)) ?? [];
    const type = types.find(known => known === word);
    const end = at + head.length + Number(size);
    if (type === undefined || end > bytes.length) return undefined;
    objects.push(makeObject(type, bytes.subarray(at + head.length, end)));
    at = end;
  }
  return objects;
}

/** It has a checksum, so a whole one is as it was written. */
function lineIn(value: unknown): Line | undefined {
  if (!isFields(value) || !Array.isArray(value.commits)) return undefined;
  const { base } = value;
  const commits = value.commits.flatMap((each): ExportedCommit[] => {
    const { id, pieces, bytes } = fieldsOf(each);
    if (typeof id !== 'string' || !Array.isArray(pieces) || typeof bytes !== 'number') return [];
    const named = pieces.flatMap(piece => {
      const { file, path: where } = fieldsOf(piece);
      return typeof file === 'string' && typeof where === 'string' ? [{ file, path: where }] : [];
    });
    return [{ id, bytes, pieces: named }];
  });
  return { base: typeof base === 'string' ? base : undefined, commits };
}
