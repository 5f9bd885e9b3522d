import { isTowlineError } from '../errors.ts';
import { HolderIndex } from './holder-index.ts';
import { isAncestor } from './line.ts';
import type { ObjectReader } from './object-reader.ts';
import type { ObjectId } from './object-source.ts';
import { type TrustedState, type WalkStop, walk } from './walk.ts';

/** What two trusted commits, each named by a device in a signed status, say about who was shown what. */
export type ForkVerdict =
  /** One descends from the other: nothing is wrong. */
  | { readonly kind: 'one-history' }
  /** Both are accepted from the anchor and neither descends from the other: two histories were shown. */
  | { readonly kind: 'fork'; readonly first: ObjectId; readonly second: ObjectId }
  /** One cannot be obtained, or the walk does not accept it: a warning, not a proof. */
  | { readonly kind: 'unproven'; readonly commit: ObjectId; readonly why: string };

export interface ForkQuestion {
  /** Makes a reader for one walk: limits hold for each. */
  readonly reader: () => ObjectReader;
  readonly anchor: TrustedState;
  readonly first: ObjectId;
  readonly second: ObjectId;
  readonly signal: AbortSignal;
}

/** @throws TowlineError when objects are damaged or git fails; missing ones are part of the verdict. */
export async function judgeFork(question: ForkQuestion): Promise<ForkVerdict> {
  const { first, second, signal } = question;
  try {
    const reader = question.reader();
    if (await isAncestor(reader, first, second, signal)) return { kind: 'one-history' };
    if (await isAncestor(reader, second, first, signal)) return { kind: 'one-history' };
    for (const commit of [first, second]) {
      const stop = await stopBefore(question, commit);
      if (stop !== undefined) return { kind: 'unproven', commit, why: `${stop.code}: ${stop.message}` };
    }
    return { kind: 'fork', first, second };
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_OBJECT_MISSING')) throw error;
    return { kind: 'unproven', commit: String(error.details.id ?? first), why: error.message };
  }
}

async function stopBefore(
  { reader, anchor, signal }: ForkQuestion,
  head: ObjectId,
): Promise<WalkStop | undefined> {
  let trusted = anchor;
  const holders = new HolderIndex();
  for (;;) {
    const result = await walk({ reader: reader(), trusted, head, signal, holders });
    trusted = result.trusted;
    if (result.more !== true) return result.stopped;
  }
}
