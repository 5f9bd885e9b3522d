/**
 * What main may move to, asked before it does. Who signed what is not asked: devices judge that, and a mend gets past
 * it. But main must keep what devices follow among its first parents, bear no date that lies ahead,
 * drop nothing by a merge, and stay mendable.
 */
import { type ErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import { lineBetween } from '../../core/trust/line.ts';
import { assertMendable, mendableLimits } from '../../core/trust/mendable.ts';
import { ObjectReader } from '../../core/trust/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/object-source.ts';
import { type TrustedState, type WalkResult, walk } from '../../core/trust/walk.ts';

/** Why the walk would stop, where it is better that main never goes there. */
const notTaken: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['TRUST_TIME_FUTURE', 'TRUST_MERGE']);

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
  readonly signal: AbortSignal;
}

/**
 * @returns whether the tip's line holds what is trusted by its own id, or the same history under others
 * @throws TowlineError GATEWAY_MAIN_REFUSED, TRUST_TIME_FUTURE, TRUST_MERGE, and what the walk throws.
 */
export async function assertMayBeMain(question: DoorQuestion): Promise<'same' | 'twin'> {
  const { source, main, tip, keptSec, signal } = question;
  // main may have moved a moment ago, and the gateway's walk not yet. What stands there is not refused any more.
  const { trusted } =
    main === undefined ? question : await walkTo({ ...question, trusted: question.trusted, head: main });
  const line = await lineBetween(new ObjectReader(source), trusted.commit, tip, signal);
  const clock = keptSec === undefined ? {} : { nowSec: keptSec };
  const reached = await walkTo({ source, trusted, head: tip, signal, ...clock });
  if (line.kind !== 'line' && reached.isTwin !== true) {
    throw refused(
      tip,
      `its first parents do not lead to ${trusted.commit}, which devices follow; mostly \`git pull\` made a merge`,
    );
  }
  if (reached.stopped !== undefined && notTaken.has(reached.stopped.code)) {
    const { code, message } = reached.stopped;
    throw new TowlineError(code, message, { details: { commit: tip } });
  }
  if (reached.stopped !== undefined) await assertStaysMendable(question, reached.trusted);
  return line.kind === 'line' ? 'same' : 'twin';
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
}

async function walkTo({ source, ...question }: WalkTo): Promise<WalkResult> {
  let { trusted } = question;
  let isTwin = false;
  for (;;) {
    const result = await walk({ ...question, reader: new ObjectReader(source), trusted });
    trusted = result.trusted;
    isTwin ||= result.isTwin === true;
    if (result.more !== true) return { ...result, isTwin };
  }
}

function refused(tip: ObjectId, why: string): TowlineError {
  return new TowlineError('GATEWAY_MAIN_REFUSED', `${tip} cannot be main: ${why}`, {
    details: { commit: tip },
  });
}
