import { TowlineError } from '../../errors.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { TrustedLine } from './line.ts';

/** Commits and their parents. */
export type CommitGraph = ReadonlyMap<ObjectId, readonly ObjectId[]>;

/** Commits of the line, and beside it, that are read at first: most branches are short and young. */
const firstReach = 64;

/**
 * What is reachable from these commits and not on the trusted line; nothing behind the line is read. The line is read
 * back only as far as that takes.
 * @throws TowlineError TRUST_LIMIT, and what the reader throws: a commit that is missing is not passed over.
 */
export async function commitsBeside(
  reader: ObjectReader,
  line: TrustedLine,
  tips: readonly ObjectId[],
  signal: AbortSignal,
): Promise<CommitGraph> {
  const { maxMergeCommits } = reader.limits;
  const read = new Map<ObjectId, readonly ObjectId[]>();
  for (let reach = Math.min(firstReach, maxMergeCommits); ; reach = Math.min(reach * 4, maxMergeCommits)) {
    signal.throwIfAborted();
    const isWhole = await line.reach(reach);
    const beside = await collect({ reader, line, read, reach }, tips);
    // What ends in a root commit may have passed the line where it was not read yet.
    if (beside !== undefined && (isWhole || ![...beside.values()].some(parents => parents.length === 0))) {
      return beside;
    }
    if (reach >= maxMergeCommits) {
      throw new TowlineError('TRUST_LIMIT', `more than ${maxMergeCommits} commits behind what is merged`);
    }
  }
}

interface Search {
  readonly reader: ObjectReader;
  readonly line: TrustedLine;
  readonly read: Map<ObjectId, readonly ObjectId[]>;
  /** Commits that may be read in all, count. */
  readonly reach: number;
}

/** @returns undefined when there are more than may be read. */
async function collect(
  { reader, line, read, reach }: Search,
  tips: readonly ObjectId[],
): Promise<CommitGraph | undefined> {
  const beside = new Map<ObjectId, readonly ObjectId[]>();
  const seen = new Set(tips);
  for (const id of seen) {
    if (line.knows(id)) continue;
    let parents = read.get(id);
    if (parents === undefined) {
      if (read.size >= reach) return undefined;
      parents = await reader.parents(id);
      read.set(id, parents);
    }
    beside.set(id, parents);
    for (const parent of parents) seen.add(parent);
  }
  return beside;
}
