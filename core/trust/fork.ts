import { isTowlineError } from '../errors.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { ObjectId } from './git/object-source.ts';
import { HolderIndex } from './holders/holder-index.ts';
import { isAncestor } from './line/line.ts';
import type { PolicyCache } from './policy/policy-load.ts';
import { type TrustedState, type WalkStop, walk } from './walk.ts';

/** What two trusted commits, each named by a device in a signed status, say about who was shown what. */
export type ForkVerdict =
  /** One descends from the other, or has the history of one that does under another id: nothing is wrong. */
  | { readonly kind: 'one-history' }
  /** Both are accepted from the anchor, and neither holds the other's history: two were shown. */
  | { readonly kind: 'fork'; readonly first: ObjectId; readonly second: ObjectId }
  /** One cannot be obtained, or the walk does not accept it: a warning, not a proof. */
  | { readonly kind: 'unproven'; readonly commit: ObjectId; readonly why: string };

/** Where the reader's own walk to a commit came to. */
export interface OwnWalk {
  readonly head: ObjectId;
  readonly stopped: WalkStop | undefined;
  readonly history: string;
  /** All histories up to there. */
  readonly histories: ReadonlySet<string>;
}

export interface ForkQuestion {
  /** Makes a reader for one walk: limits hold for each. */
  readonly reader: () => ObjectReader;
  readonly anchor: TrustedState;
  readonly first: ObjectId;
  readonly second: ObjectId;
  readonly signal: AbortSignal;
  /** Walks that were made, kept by the caller from question to question. */
  readonly walks?: Map<ObjectId, OwnWalk>;
}

/** @throws TowlineError when objects are damaged or git fails; missing ones are part of the verdict. */
export async function judgeFork(question: ForkQuestion): Promise<ForkVerdict> {
  const { first, second, signal } = question;
  try {
    const reader = question.reader();
    if (await isAncestor(reader, first, second, signal)) return { kind: 'one-history' };
    if (await isAncestor(reader, second, first, signal)) return { kind: 'one-history' };
    const one = await ownWalk(question, first);
    const other = await ownWalk(question, second);
    for (const { head: commit, stopped } of [one, other]) {
      if (stopped === undefined) continue;
      return { kind: 'unproven', commit, why: `${stopped.code}: ${stopped.message}` };
    }
    const isOne = one.histories.has(other.history) || other.histories.has(one.history);
    return isOne ? { kind: 'one-history' } : { kind: 'fork', first, second };
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_OBJECT_MISSING')) throw error;
    return { kind: 'unproven', commit: String(error.details.id ?? first), why: error.message };
  }
}

/** Ids are not pinned, trees are: what a walk accepted on its way to a commit is compared by its histories. */
async function ownWalk(
  { reader, anchor, signal, walks }: Omit<ForkQuestion, 'first' | 'second'>,
  head: ObjectId,
): Promise<OwnWalk> {
  const known = walks?.get(head);
  if (known !== undefined) return known;
  const policies: PolicyCache = new Map();
  const histories = new Set([anchor.history]);
  let trusted = anchor;
  const holders = new HolderIndex();
  for (;;) {
    const result = await walk({ reader: reader(), trusted, head, signal, policies, holders });
    for (const { after } of result.accepted) histories.add(after.history);
    trusted = result.trusted;
    if (result.more === true) continue;
    const found = { head, stopped: result.stopped, history: trusted.history, histories };
    walks?.set(head, found);
    return found;
  }
}
