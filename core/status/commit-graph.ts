/** Main's history as far as distances need it, read from objects: the same listing that git makes (`rev-list --topo-order --timestamp --parents`). */
import { TowlineError } from '../errors.ts';
import { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../trust/git/object-source.ts';
import { Lineage } from './lineage.ts';

interface Seen {
  readonly seconds: number;
  readonly parents: readonly ObjectId[];
}

/** Commits that one listing has, at most; what is older is not told apart. */
const maxListed = 20_000;
/** Commits that are remembered between listings. */
const maxKept = 40_000;
/** Of the objects, bytes. */
const limits = { maxObjects: Number.POSITIVE_INFINITY, maxTotalBytes: Number.POSITIVE_INFINITY };

export class CommitGraph {
  readonly #source: ObjectSource;
  #kept = new Map<ObjectId, Seen | undefined>();

  constructor(source: ObjectSource) {
    this.#source = source;
  }

  /**
   * Back from all of them until every way leads to what is behind each.
   * @param named those that are not there are not known of
   * @throws TowlineError TRUST_OBJECT_SOURCE; the signal's reason
   */
  async lineage(target: ObjectId, named: readonly ObjectId[], signal: AbortSignal): Promise<Lineage> {
    const reader = new ObjectReader(this.#source, limits);
    const starts: ObjectId[] = [];
    for (const commit of new Set([target, ...named]))
      if ((await this.#read(reader, commit)) !== undefined) starts.push(commit);
    const listed = await this.#collect(reader, starts, signal);
    if (this.#kept.size > maxKept) this.#kept = new Map(listed);
    return new Lineage(target, named, inOrder(listed).join('\n'));
  }

  /** The newest first, by their own time: what all are behind of is found without the rest. */
  async #collect(
    reader: ObjectReader,
    starts: readonly ObjectId[],
    signal: AbortSignal,
  ): Promise<Map<ObjectId, Seen>> {
    const all = (1n << BigInt(starts.length)) - 1n;
    const reached = new Map(starts.map((commit, at) => [commit, 1n << BigInt(at)]));
    const found = new Map<ObjectId, Seen>();
    const waiting = new Map<ObjectId, Seen>();
    const enter = async (commit: ObjectId) => {
      const seen = found.has(commit) ? undefined : await this.#read(reader, commit);
      if (seen !== undefined) waiting.set(commit, seen);
    };
    for (const commit of starts) await enter(commit);
    while (waiting.size > 0 && found.size < maxListed) {
      signal.throwIfAborted();
      if ([...waiting.keys()].every(commit => reached.get(commit) === all) && found.size > 0) {
        // Where they meet belongs to the listing: it is what all of them have.
        for (const [commit, seen] of waiting) found.set(commit, seen);
        break;
      }
      const [commit, seen] = newest(waiting);
      waiting.delete(commit);
      found.set(commit, seen);
      const bits = reached.get(commit) ?? 0n;
      for (const parent of seen.parents) {
        reached.set(parent, (reached.get(parent) ?? 0n) | bits);
        await enter(parent);
      }
    }
    return found;
  }

  async #read(reader: ObjectReader, commit: ObjectId): Promise<Seen | undefined> {
    if (this.#kept.has(commit)) return this.#kept.get(commit);
    const seen = await seenAt(reader, commit);
    // What is not there yet may come.
    if (seen !== undefined) this.#kept.set(commit, seen);
    return seen;
  }
}

async function seenAt(reader: ObjectReader, id: ObjectId): Promise<Seen | undefined> {
  try {
    const { committer, parents } = await reader.commit(id);
    return { seconds: committer.timeSec, parents };
  } catch (error) {
    if (!(error instanceof TowlineError) || error.code === 'TRUST_OBJECT_SOURCE') throw error;
    return undefined;
  }
}

function newest(waiting: ReadonlyMap<ObjectId, Seen>): readonly [ObjectId, Seen] {
  let found: readonly [ObjectId, Seen] | undefined;
  for (const entry of waiting) if (found === undefined || entry[1].seconds > found[1].seconds) found = entry;
  return found ?? ['', { seconds: 0, parents: [] }];
}

/** None behind one of its parents. */
function inOrder(found: ReadonlyMap<ObjectId, Seen>): string[] {
  const children = new Map<ObjectId, number>();
  for (const { parents } of found.values())
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const ready = [...found.keys()].filter(commit => (children.get(commit) ?? 0) === 0);
  const lines: string[] = [];
  for (let commit = ready.pop(); commit !== undefined; commit = ready.pop()) {
    const seen = found.get(commit);
    if (seen === undefined) continue;
    lines.push([seen.seconds, commit, ...seen.parents].join(' '));
    for (const parent of seen.parents) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0) ready.push(parent);
    }
  }
  return lines;
}
