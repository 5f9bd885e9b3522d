import { isTowlineError, TowlineError } from '../../errors.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';

/** How a head relates to the trusted commit. */
export type Line =
  | {
      readonly kind: 'line' /** From the trusted commit's child up to the head. */;
      readonly commits: readonly ObjectId[];
    }
  | { readonly kind: 'off-the-line' }
  | { readonly kind: 'not-a-descendant' /** Where the line ends. */; readonly last: ObjectId }
  | { readonly kind: 'too-long' };

/**
 * The raw first parents from the head back to the trusted commit. What a commit says beyond its first parent is not
 * read here: a malformed commit on the line must not hide the good ones before it.
 * @throws TowlineError what the reader throws.
 */
export async function lineBetween(
  reader: ObjectReader,
  trusted: ObjectId,
  head: ObjectId,
  signal: AbortSignal,
): Promise<Line> {
  const commits: ObjectId[] = [];
  let next: ObjectId | undefined = head;
  while (next !== undefined && next !== trusted) {
    signal.throwIfAborted();
    if (commits.length >= reader.limits.maxLineCommits) return { kind: 'too-long' };
    commits.push(next);
    next = await firstParentOrEnd(reader, next, head);
  }
  if (next === trusted) return { kind: 'line', commits: commits.reverse() };
  if (await isAncestor(reader, trusted, head, signal)) return { kind: 'off-the-line' };
  return { kind: 'not-a-descendant', last: commits.at(-1) ?? head };
}

/** A shallow boundary ends the line; a head that is missing is an error. */
async function firstParentOrEnd(
  reader: ObjectReader,
  id: ObjectId,
  head: ObjectId,
): Promise<ObjectId | undefined> {
  try {
    return (await reader.parents(id))[0];
  } catch (error) {
    if (id !== head && isTowlineError(error, 'TRUST_OBJECT_MISSING')) return undefined;
    throw error;
  }
}

/**
 * Whether a commit is the other or stands on the line of its first parents. What is missing from the store ends the line.
 * @throws TowlineError TRUST_LIMIT
 */
export async function isOnLine(
  reader: ObjectReader,
  commit: ObjectId,
  head: ObjectId,
  signal: AbortSignal,
): Promise<boolean> {
  let next: ObjectId | undefined = head;
  for (let count = 0; next !== undefined; count += 1) {
    signal.throwIfAborted();
    if (next === commit) return true;
    if (count > reader.limits.maxLineCommits)
      throw new TowlineError('TRUST_LIMIT', `more than ${reader.limits.maxLineCommits} commits to ${head}`);
    next = (await parentsOrNone(reader, next))[0];
  }
  return false;
}

/**
 * Whether a commit is the other or stands anywhere behind it. What is missing from the store ends the search there.
 * @throws TowlineError TRUST_LIMIT
 */
export async function isAncestor(
  reader: ObjectReader,
  ancestor: ObjectId,
  descendant: ObjectId,
  signal: AbortSignal,
): Promise<boolean> {
  const seen = new Set<ObjectId>([descendant]);
  for (const id of seen) {
    signal.throwIfAborted();
    if (id === ancestor) return true;
    if (seen.size > reader.limits.maxLineCommits) {
      throw new TowlineError(
        'TRUST_LIMIT',
        `more than ${reader.limits.maxLineCommits} commits behind ${descendant}`,
      );
    }
    for (const parent of await parentsOrNone(reader, id)) seen.add(parent);
  }
  return false;
}

async function parentsOrNone(reader: ObjectReader, id: ObjectId): Promise<readonly ObjectId[]> {
  try {
    return await reader.parents(id);
  } catch (error) {
    if (isTowlineError(error, 'TRUST_OBJECT_MISSING')) return [];
    throw error;
  }
}

/** The line behind the trusted commit, read as far as approvals ask for it. */
export class TrustedLine {
  readonly #reader: ObjectReader;
  readonly #maxCommits: number;
  readonly #known = new Set<ObjectId>();
  /** Behind the commit that was given, newest first; and after it, oldest first. */
  readonly #behind: ObjectId[] = [];
  readonly #after: ObjectId[] = [];
  #next: ObjectId | undefined;

  constructor(reader: ObjectReader, trusted: ObjectId, maxCommits = reader.limits.maxBaseCommits) {
    this.#reader = reader;
    this.#maxCommits = maxCommits;
    this.#next = trusted;
  }

  /** Commits that a step has just made part of the line. */
  extend(commits: readonly ObjectId[]): void {
    for (const commit of commits) this.#known.add(commit);
    this.#after.push(...commits);
  }

  async has(id: ObjectId): Promise<boolean> {
    while (!this.#known.has(id) && this.#known.size < this.#maxCommits) {
      if (!(await this.#readBack())) break;
    }
    return this.#known.has(id);
  }

  /** Whether a commit is among those of the line that were read so far. */
  knows(id: ObjectId): boolean {
    return this.#known.has(id);
  }

  /** From a commit that is known to the newest one, both included, oldest first. */
  since(commit: ObjectId): readonly ObjectId[] {
    const after = this.#after.indexOf(commit);
    if (after >= 0) return this.#after.slice(after);
    const behind = this.#behind.slice(0, this.#behind.indexOf(commit) + 1);
    return [...behind.reverse(), ...this.#after];
  }

  /**
   * Reads back until so many commits behind the one that was given are known.
   * @returns whether the line ends before that.
   */
  async reach(commits: number): Promise<boolean> {
    while (this.#behind.length < commits) if (!(await this.#readBack())) return true;
    return this.#next === undefined;
  }

  async #readBack(): Promise<boolean> {
    if (this.#next === undefined) return false;
    this.#known.add(this.#next);
    this.#behind.push(this.#next);
    this.#next = (await parentsOrNone(this.#reader, this.#next))[0];
    return true;
  }
}
