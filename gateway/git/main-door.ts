/**
 * What main may move to, asked before it does. Whoever signed what is not asked: devices judge that, and a mend gets
 * past it. But main must keep what devices follow among its first parents, and stay mendable.
 */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { lineBetween } from '../../core/trust/line.ts';
import { assertMendable, mendableLimits } from '../../core/trust/mendable.ts';
import { ObjectReader } from '../../core/trust/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/object-source.ts';
import { type TrustedState, type WalkResult, walk } from '../../core/trust/walk.ts';

export interface DoorQuestion {
  /** Has the tip and all that it needs. */
  readonly source: ObjectSource;
  /** What the gateway's walk has accepted. */
  readonly trusted: TrustedState;
  /** Where main is. */
  readonly main: ObjectId | undefined;
  readonly tip: ObjectId;
  readonly signal: AbortSignal;
}

/** @throws TowlineError GATEWAY_MAIN_REFUSED, and what the walk throws. */
export async function assertMayBeMain({
  source,
  main,
  tip,
  signal,
  ...question
}: DoorQuestion): Promise<void> {
  // main may have moved a moment ago, and the gateway's walk not yet.
  const trusted =
    main === undefined ? question.trusted : (await walkTo(source, question.trusted, main, signal)).trusted;
  const line = await lineBetween(new ObjectReader(source), trusted.commit, tip, signal);
  if (line.kind !== 'line') {
    throw refused(
      tip,
      `its first parents do not lead to ${trusted.commit}, which devices follow; mostly \`git pull\` made a merge`,
    );
  }
  const reached = await walkTo(source, trusted, tip, signal);
  if (reached.stopped === undefined) return;
  try {
    await assertMendable(new ObjectReader(source, mendableLimits), reached.trusted, tip, signal);
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_LIMIT')) throw error;
    throw refused(tip, `no mend would get past it: ${error.message}`);
  }
}

async function walkTo(
  source: ObjectSource,
  from: TrustedState,
  head: ObjectId,
  signal: AbortSignal,
): Promise<WalkResult> {
  let trusted = from;
  for (;;) {
    const result = await walk({ reader: new ObjectReader(source), trusted, head, signal });
    if (result.more !== true) return result;
    trusted = result.trusted;
  }
}

function refused(tip: ObjectId, why: string): TowlineError {
  return new TowlineError('GATEWAY_MAIN_REFUSED', `${tip} cannot be main: ${why}`, {
    details: { commit: tip },
  });
}
