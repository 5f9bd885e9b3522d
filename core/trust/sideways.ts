/**
 * The way out of a line that nobody serves any more: sideways, to where the same was accepted under other ids.
 *
 * Whoever owns a gateway makes twins of what people vouched for, without a key, and shows each device its own: trees are
 * pinned, ids are not. So a walk whose trusted commit is not on main's line goes again from where it once began, along
 * that line, and then on
 * (a) from the commit at which its own history of trees was accepted; else
 * (b) from a commit that names its trusted commit (joint.ts).
 * (a) moves nothing but the id: files and policy are the same. Equal trees alone would not do for it: a revert would
 * move sideways to before what it reverts, and take that again.
 */

import type { ObjectReader } from './git/object-reader.ts';
import { markOf, originState } from './line/history.ts';
import { TrustedLine } from './line/line.ts';
import { laterTime, type TrustedState, withTime } from './line/trusted-state.ts';
import { isJoint, type Joint, joinedState } from './merge/joint.ts';
import type { PolicyCache } from './policy/policy-load.ts';
import type { Progress, SidewaysMemory } from './sideways-memory.ts';
import { isUsedAgain, withSpent } from './step/spent.ts';
import type { WalkQuestion, WalkResult } from './walk-question.ts';

export type SidewaysQuestion = WalkQuestion & { readonly policies: PolicyCache };

/** Along the line only, from a state on it. */
type StraightWalk = (question: WalkQuestion) => Promise<WalkResult>;

/** The own state, and what its files are marked by, where the store has them. */
interface Sought {
  readonly own: TrustedState;
  readonly tree: string | undefined;
  readonly policies: PolicyCache;
}

/** Joints and marks that are kept, at most. */
const maxKept = 128;

/** Where to walk on. */
export interface SidewaysMove {
  readonly trusted: TrustedState;
  /** By (a): the line holds the own history. */
  readonly isTwin: boolean;
}

/**
 * @returns the state on the line of `head` from which to walk on, or undefined when there is none
 * @throws TowlineError what the walk throws; the signal's reason
 */
export async function moveSideways(
  question: SidewaysQuestion,
  walk: StraightWalk,
): Promise<SidewaysMove | undefined> {
  const { trusted: own, head } = question;
  const memory = question.sideways ?? { marks: [] };
  if (memory.own !== own) Object.assign(memory, { own, head: undefined, marks: [] });
  if (memory.head === head) return undefined;
  const found = await explore(question, memory, walk);
  const twin = found === undefined ? undefined : await twinState(question, found);
  const moved = twin ?? (found === undefined ? undefined : await joinedState(question, found.joints));
  if (moved !== undefined) return { trusted: moved, isTwin: twin !== undefined };
  memory.head = head;
  return undefined;
}

async function explore(
  question: SidewaysQuestion,
  memory: SidewaysMemory,
  walk: StraightWalk,
): Promise<Progress | undefined> {
  const { trusted: own, policies } = question;
  const sought: Sought = { own, tree: await markOf(question.reader, own.commit), policies };
  let progress = (await lastMark(question, memory)) ?? (await begin(question.reader, own));
  while (progress !== undefined) {
    const reader = question.reader.renewed();
    const result = await walk({ ...question, reader, trusted: progress.state });
    for (const { after } of result.accepted) progress = await advance(reader, sought, progress, after);
    memory.marks = [...memory.marks, progress].slice(-maxKept);
    if (result.more !== true || result.accepted.length === 0) break;
  }
  return progress;
}

/** The newest progress that is remembered and stands on this line, too. */
async function lastMark(
  { reader, head }: SidewaysQuestion,
  { marks }: SidewaysMemory,
): Promise<Progress | undefined> {
  const line = new TrustedLine(reader, head, reader.limits.maxLineCommits);
  for (const mark of marks.toReversed()) if (await line.has(mark.state.commit)) return mark;
  return undefined;
}

/** Undefined where the store does not hold what the own walk began with: no line that it has leads there. */
async function begin(reader: ObjectReader, own: TrustedState): Promise<Progress | undefined> {
  if ((await markOf(reader, own.from.commit)) === undefined) return undefined;
  return noted(own, { state: await originState(reader, own), joints: [] });
}

async function advance(
  reader: ObjectReader,
  { own, tree, policies }: Sought,
  before: Progress,
  state: TrustedState,
): Promise<Progress> {
  const isSame = tree !== undefined && tree === (await markOf(reader, state.commit));
  const tip = isSame ? state.commit : before.sameTree;
  const sameTree = tip === undefined ? {} : { sameTree: tip };
  const step: Joint = { before: before.state, after: state, ...sameTree };
  const isNew = await isJoint(reader, policies, own.commit, step);
  const joints = isNew ? [...before.joints, step].slice(0, maxKept) : before.joints;
  return noted(own, { ...before, state, joints, ...sameTree });
}

function noted(own: TrustedState, { twin, caughtUp, ...progress }: Progress): Progress {
  const { state } = progress;
  const isLate = state.lineTimeSec >= own.lineTimeSec;
  // Steps that change nothing but the time have the history of the step before: the last one counts.
  if (state.history === own.history)
    return { ...progress, twin: state, ...(isLate ? { caughtUp: state } : {}) };
  if (twin === undefined) return progress;
  const caught = caughtUp ?? (isLate ? state : undefined);
  return { ...progress, twin, ...(caught === undefined ? {} : { caughtUp: caught }) };
}

/**
 * Time never goes back. There it may stand before what was seen here, by a step that changed nothing but the time, or
 * an approval that only here was used: the move goes on to where it has caught up, else the own time is kept.
 */
async function twinState(
  question: SidewaysQuestion,
  { twin, caughtUp }: Progress,
): Promise<TrustedState | undefined> {
  const { reader, trusted: own, policies } = question;
  if (twin === undefined) return undefined;
  if (twin.commit === own.commit) {
    const isGain = caughtUp !== undefined && caughtUp.commit !== own.commit;
    if (!isGain) return undefined;
  } else if (await new TrustedLine(reader, own.commit, reader.limits.maxLineCommits).has(twin.commit)) {
    // What stands behind the trusted commit is no twin of it: main was rewound.
    return undefined;
  }
  const kept = await withSpent(reader, policies, own, withTime(twin, laterTime(twin, own)));
  if (caughtUp === undefined || (await isUsedAgain(reader, kept, caughtUp)))
    return twin.commit === own.commit ? undefined : kept;
  return withSpent(reader, policies, own, caughtUp);
}
