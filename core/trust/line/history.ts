/**
 * The history of a walk, whatever its commits are called. The bytes of a signature's armor are not pinned, and nobody
 * signs what a button makes: one history has many ids. It is the SHA-256 of the first tree, then, after each accepted
 * step whose tree differs, SHA-256(history ‖ tree).
 */
import { createHash } from 'node:crypto';
import { isTowlineError } from '../../errors.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { TrustedState } from './trusted-state.ts';

/**
 * Approvals are left out of the tree: which of several that fit a button brings along, and the armor of each, is up to
 * whoever presses it.
 */
const leftOut = 'approvals';

/** The history of a walk that begins at this commit. @throws TowlineError what the reader throws. */
export async function firstHistory(reader: ObjectReader, commit: ObjectId): Promise<string> {
  return createHash('sha256')
    .update(await treeMark(reader, commit))
    .digest('hex');
}

/** What was trusted where a walk began. @throws TowlineError what the reader throws. */
export async function originState(reader: ObjectReader, trusted: TrustedState): Promise<TrustedState> {
  const { from, fleet } = trusted;
  return { ...from, fleet, from, history: await firstHistory(reader, from.commit) };
}

/** The history after a step from one commit to another. @throws TowlineError what the reader throws. */
export async function nextHistory(
  reader: ObjectReader,
  history: string,
  before: ObjectId,
  after: ObjectId,
): Promise<string> {
  const mark = await treeMark(reader, after);
  if (mark.equals(await treeMark(reader, before))) return history;
  return createHash('sha256').update(Buffer.from(history, 'hex')).update(mark).digest('hex');
}

/** `treeMark` as text; undefined when the commit is not in the store (any more). @throws TowlineError what the reader throws. */
export async function markOf(reader: ObjectReader, commit: ObjectId): Promise<string | undefined> {
  try {
    return (await treeMark(reader, commit)).toString('hex');
  } catch (error) {
    if (isTowlineError(error, 'TRUST_OBJECT_MISSING')) return undefined;
    throw error;
  }
}

/** SHA-256 over the root tree's entries, but for approvals: what files and policy a commit has. */
export async function treeMark(reader: ObjectReader, commit: ObjectId): Promise<Buffer> {
  const hash = createHash('sha256');
  for (const { mode, name, id } of await reader.tree((await reader.commit(commit)).tree)) {
    if (name === leftOut && mode === '040000') continue;
    hash.update(`${mode} ${name}\0`).update(Buffer.from(id, 'hex'));
  }
  return hash.digest();
}
