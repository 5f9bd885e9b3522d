/** Main's own line, read from objects alone: which of its commits touched what decides over a device. */
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

export interface TouchingQuestion {
  readonly reader: ObjectReader;
  /** The newest that is looked at. */
  readonly from: ObjectId;
  /** Of the device, as it lies there now: where it lay before, what it was is looked at. */
  readonly path: string;
  /** Commits that are looked at, and that are found, at most. */
  readonly most: { readonly looked: number; readonly found: number };
}

export interface TouchingCommits {
  /** The newest first. */
  readonly commits: readonly ObjectId[];
  /** Where to go on; undefined: the line is at its end. */
  readonly next: ObjectId | undefined;
}

/** What decides over every device. */
const shared = ['fleet.yaml', 'groups', 'apps', 'rollouts', 'secrets'] as const;

/** @throws TowlineError what the reader throws; the signal's reason */
export async function touchingCommits(
  { reader, from, path, most }: TouchingQuestion,
  signal: AbortSignal,
): Promise<TouchingCommits> {
  const commits: ObjectId[] = [];
  let at: ObjectId | undefined = from;
  let here = await idsAt(reader, from, path);
  for (let looked = 0; at !== undefined && looked < most.looked && commits.length < most.found; looked += 1) {
    signal.throwIfAborted();
    const [parent]: readonly ObjectId[] = (await reader.commit(at)).parents;
    const before = parent === undefined ? '' : await idsAt(reader, parent, path);
    if (before !== here) commits.push(at);
    here = before;
    at = parent;
  }
  return { commits, next: at };
}

async function idsAt(reader: ObjectReader, commit: ObjectId, path: string): Promise<string> {
  const ids: string[] = [];
  for (const name of [...shared, path]) ids.push((await reader.entryAt(commit, name))?.id ?? '');
  return ids.join(' ');
}
