/**
 * Whether what a timestamp names is the trusted commit or behind it. A bot may have been shown one twin, and a device
 * another: what has a history that the own walk came by is reached, whatever it is called.
 */
import { isTowlineError } from '../errors.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { ObjectId } from './git/object-source.ts';
import { originState, treeMark } from './line/history.ts';
import { isOnLine } from './line/line.ts';
import type { TrustedState } from './line/trusted-state.ts';
import type { PolicyCache } from './policy/policy-load.ts';
import type { Timestamp } from './timestamp.ts';
import { walk } from './walk.ts';

/** The last answer, kept by the caller from pass to pass: two walks were made for it. */
export interface ReachedMemory {
  of?: string;
  reached?: boolean;
}

export interface ReachedQuestion {
  readonly reader: ObjectReader;
  readonly trusted: TrustedState;
  readonly timestamp: Timestamp;
  readonly signal: AbortSignal;
  readonly memory?: ReachedMemory;
}

/** @throws TowlineError what the reader throws. */
export async function isReached(question: ReachedQuestion): Promise<boolean> {
  const { reader, trusted, timestamp, signal, memory = {} } = question;
  if (await isOnLine(reader, timestamp.head, trusted.commit, signal)) return true;
  // The very files and policy that the bot saw: nothing of it is missing.
  const files = timestamp.files;
  if (files !== undefined && files === (await treeMark(reader, trusted.commit)).toString('hex')) return true;
  const of = `${trusted.commit} ${timestamp.head}`;
  if (memory.of === of && memory.reached !== undefined) return memory.reached;
  const reached = await hasHistoryOf(question);
  Object.assign(memory, { of, reached });
  return reached;
}

async function hasHistoryOf(question: ReachedQuestion): Promise<boolean> {
  const { reader, trusted, timestamp } = question;
  try {
    await reader.commit(timestamp.head);
    const named = await historiesTo(question, timestamp.head);
    return (
      named !== undefined &&
      (await historiesTo(question, trusted.commit))?.has([...named].at(-1) ?? '') === true
    );
  } catch (error) {
    if (isTowlineError(error, 'TRUST_OBJECT_MISSING')) return false;
    throw error;
  }
}

/** All histories on the way to a commit, oldest first; undefined where the own walk does not get there. */
async function historiesTo(
  { reader, trusted, signal }: ReachedQuestion,
  head: ObjectId,
): Promise<ReadonlySet<string> | undefined> {
  const policies: PolicyCache = new Map();
  let state = await originState(reader, trusted);
  const histories = new Set([state.history]);
  for (;;) {
    const result = await walk({ reader: reader.renewed(), trusted: state, head, signal, policies });
    for (const { after } of result.accepted) histories.add(after.history);
    state = result.trusted;
    if (result.more !== true || result.accepted.length === 0)
      return state.commit === head ? histories : undefined;
  }
}
