/**
 * What main may move to, asked before it does. Who signed what is not asked: devices judge that, and a mend gets past
 * it. But main must keep what devices follow among its first parents, bear no date that lies ahead,
 * drop nothing by a merge, and stay mendable.
 */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { lineBetween } from '../../core/trust/line/line.ts';
import { assertMendable, mendableLimits } from '../../core/trust/merge/mendable.ts';
import { type TrustedState, type WalkResult, walk } from '../../core/trust/walk.ts';
import type { Judged } from './push-verdict.ts';

export interface DoorQuestion {
  /** Has the tip and all that it needs. */
  readonly source: ObjectSource;
  /** What the gateway's walk has accepted. */
  readonly trusted: TrustedState;
  /** Where main is. */
  readonly main: ObjectId | undefined;
  readonly tip: ObjectId;
  /** A clock that a time server keeps, seconds since the epoch; undefined: nobody keeps ours. */
  readonly keptSec: number | undefined;
  /** Hears the newest time under what main may move to, seconds since the epoch: to point it out where nobody keeps a clock. */
  readonly onTime?: (newestSec: number) => void;
  /** Hears what devices will say to a tip that main may move to. */
  readonly onJudged?: (judged: Judged) => void;
  /** Hears how far the walk has come, each time that it has made a stretch: for when it is not done in time. */
  readonly onStretch?: (reached: ObjectId) => void;
  readonly signal: AbortSignal;
}

/**
 * @returns whether the tip's line holds what is trusted by its own id, or the same history under others
 * @throws TowlineError GATEWAY_MAIN_REFUSED, TRUST_MERGE, TRUST_COMMIT_HEADER; TRUST_TIME_FUTURE, TRUST_KEY_REVOKED where devices would take what must
 *   not be published; and what the walk throws.
 */
export async function assertMayBeMain(question: DoorQuestion): Promise<'same' | 'twin'> {
  const { source, main, tip, keptSec, signal } = question;
  // main may have moved a moment ago, and the gateway's walk not yet. What stands there is not refused any more.
  const here =
    main === undefined
      ? nowhere(question.trusted)
      : await walkTo({ source, trusted: question.trusted, head: main, signal });
  const { trusted } = here;
  const line = await lineBetween(new ObjectReader(source), trusted.commit, tip, signal);
  // No date lies ahead of a clock that nobody keeps; what else devices do not look at is looked at all the same.
  const nowSec = keptSec ?? Number.POSITIVE_INFINITY;
  const { onStretch } = question;
  const reached = await walkTo({
    ...{ source, trusted, head: tip, signal, nowSec },
    ...(onStretch === undefined ? {} : { onStretch }),
  });
  if (line.kind !== 'line' && reached.isTwin !== true) {
    throw refused(
      tip,
      `its first parents do not lead to ${trusted.commit}, which devices follow; mostly \`git pull\` made a merge`,
    );
  }
  await assertPublishable(question, reached);
  question.onTime?.(reached.trusted.ahead?.timeSec ?? reached.trusted.lineTimeSec);
  if (reached.stopped !== undefined) await assertStaysMendable(question, reached.trusted);
  const { stopped, commits, vouched } = reached;
  const before = { before: trusted.commit, wasStopped: here.stopped !== undefined };
  question.onJudged?.({ tip, ...before, reached: reached.trusted.commit, stopped, commits, vouched });
  return line.kind === 'line' ? 'same' : 'twin';
}

/**
 * What devices would take for good: a date that has not come, or, until walk 2, what a key signs that was taken back. And a
 * merge, or a commit of another tool, that they would refuse: it is better that main never goes there.
 */
async function assertPublishable(
  { source, tip, signal }: DoorQuestion,
  { trusted, stopped }: WalkResult,
): Promise<void> {
  const code = stopped?.code;
  if (stopped !== undefined && (code === 'TRUST_MERGE' || code === 'TRUST_COMMIT_HEADER'))
    throw new TowlineError(code, stopped.message, { details: { commit: tip } });
  if (stopped === undefined || (code !== 'TRUST_TIME_FUTURE' && code !== 'TRUST_KEY_REVOKED')) return;
  const asDevices = await walkTo({ source, trusted, head: tip, signal });
  if (asDevices.trusted.commit === trusted.commit) return;
  throw new TowlineError(code, stopped.message, { details: { commit: stopped.commit } });
}

async function assertStaysMendable(
  { source, tip, signal }: DoorQuestion,
  trusted: TrustedState,
): Promise<void> {
  try {
    await assertMendable(new ObjectReader(source, mendableLimits), trusted, tip, signal);
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_LIMIT')) throw error;
    throw refused(tip, `no mend would get past it: ${error.message}`);
  }
}

interface WalkTo {
  readonly source: ObjectSource;
  readonly trusted: TrustedState;
  readonly head: ObjectId;
  readonly signal: AbortSignal;
  readonly nowSec?: number;
  readonly onStretch?: (reached: ObjectId) => void;
}

/** A whole walk, whatever number of stretches it takes. */
interface Walked extends WalkResult {
  readonly commits: number;
  readonly vouched: ReadonlySet<string>;
}

const nowhere = (trusted: TrustedState): Walked => ({
  trusted,
  accepted: [],
  commits: 0,
  vouched: new Set(),
});

async function walkTo({ source, onStretch, ...question }: WalkTo): Promise<Walked> {
  let { trusted } = question;
  let isTwin = false;
  let commits = 0;
  const vouched = new Set<string>();
  for (;;) {
    const result = await walk({ ...question, reader: new ObjectReader(source), trusted });
    trusted = result.trusted;
    isTwin ||= result.isTwin === true;
    for (const step of result.accepted) {
      commits += step.commits;
      for (const name of step.vouched) vouched.add(name);
    }
    if (result.more !== true) return { ...result, isTwin, commits, vouched };
    onStretch?.(trusted.commit);
  }
}

function refused(tip: ObjectId, why: string): TowlineError {
  return new TowlineError('GATEWAY_MAIN_REFUSED', `${tip} cannot be main: ${why}`, {
    details: { commit: tip },
  });
}
