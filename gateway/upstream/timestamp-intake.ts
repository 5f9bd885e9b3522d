/**
 * The signed timestamp, where the bot pushes it to the forge. Only a newer one that the trusted policy accepts is
 * taken: devices would refuse another and become stale by it.
 */
import type { Logger } from 'pino';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { keptTimeSec } from '../../core/io/synchronised-clock.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { isAheadOf, type Timestamp, verifyTimestamp } from '../../core/trust/timestamp.ts';
import type { TrustedState } from '../../core/trust/walk.ts';
import { readRef } from '../git/bare-refs.ts';
import { timestampRef } from '../git/served-refs.ts';
import type { FleetIntake } from './fleet-intake.ts';
import type { Forge } from './forge.ts';

export interface TimestampIntakeOptions {
  readonly fleetGit: string;
  readonly forge: Forge;
  readonly intake: FleetIntake;
  readonly trusted: () => TrustedState | undefined;
  readonly taken: () => Promise<void>;
  readonly log: Logger;
  readonly clock: Clock;
}

export class TimestampIntake {
  readonly #options: TimestampIntakeOptions;
  /** Seen at the forge and not taken, and the trusted commit that said so. */
  #left: { readonly id: ObjectId; readonly by: ObjectId } | undefined;

  constructor(options: TimestampIntakeOptions) {
    this.#options = options;
  }

  /** @throws TowlineError as a fetch does; a statement that is not accepted is logged and left. */
  async take(refs: ReadonlyMap<string, ObjectId>, signal: AbortSignal): Promise<void> {
    const { fleetGit, forge, intake, trusted: trustedNow, taken, log, clock } = this.#options;
    const id = refs.get(timestampRef);
    const trusted = trustedNow();
    const ours = await readRef(fleetGit, timestampRef);
    if (id === undefined || id === ours || trusted === undefined) return;
    if (this.#left?.id === id && this.#left.by === trusted.commit) return;
    await using quarantine = await forge.fetch(fleetGit, timestampRef, signal);
    const tip = await quarantine.tip();
    await using source = new GitCatFileSource(quarantine.path);
    try {
      const keptSec = await keptTimeSec(clock, signal);
      if (!(await isNewerTimestamp({ source, tip, ours, trusted, keptSec }))) {
        this.#left = { id, by: trusted.commit };
        return;
      }
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      this.#left = { id, by: trusted.commit };
      log.warn(
        { code: error.code, reason: error.message, timestamp: tip },
        "the forge's timestamp is not taken",
      );
      return;
    }
    await intake.takeRef(quarantine, { ref: timestampRef, tip, expected: ours }, signal);
    await taken();
  }
}

export interface NewerQuestion {
  /** Has both. */
  readonly source: ObjectSource;
  readonly tip: ObjectId;
  readonly ours: ObjectId | undefined;
  readonly trusted: TrustedState;
  /** As `DoorQuestion` has it. */
  readonly keptSec: number | undefined;
}

/** @returns whether it is newer than ours @throws TowlineError TRUST_TIMESTAMP, TRUST_TIME_FUTURE where it is none that devices take */
export async function isNewerTimestamp(question: NewerQuestion): Promise<boolean> {
  const { source, tip, trusted, keptSec } = question;
  const theirs = await verifyTimestamp({ reader: new ObjectReader(source), trusted, id: tip });
  if (keptSec !== undefined && isAheadOf(theirs, keptSec)) {
    throw new TowlineError('TRUST_TIME_FUTURE', `it names ${showTime(theirs.timeSec)}`);
  }
  return theirs.timeSec > (await ourTimeSec(question));
}

/** Ours may be of a policy that is gone, or of a time that has not come: then any good one is newer. */
async function ourTimeSec({ source, ours, trusted, keptSec }: NewerQuestion): Promise<number> {
  if (ours === undefined) return Number.NEGATIVE_INFINITY;
  try {
    const known: Timestamp = await verifyTimestamp({ reader: new ObjectReader(source), trusted, id: ours });
    return keptSec !== undefined && isAheadOf(known, keptSec) ? 0 : known.timeSec;
  } catch (error) {
    if (isTowlineError(error)) return 0;
    throw error;
  }
}
