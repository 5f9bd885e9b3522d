/**
 * Follows a forge: on an interval with jitter, and at once when a webhook says so. Whatever the forge does, main of
 * fleet.git goes forward or stays; a forge that is down, rewinds or sends garbage is a line in the log, a condition in
 * health and nothing else.
 */

import type { Logger } from 'pino';
import { auditRef } from '../../core/audit/audit-commit.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Audit } from '../admission/audit.ts';
import type { FleetIntake } from './fleet-intake.ts';
import type { Forge } from './forge.ts';
import { type MirrorState, type MirrorTrouble, noMirrorState } from './mirror-state.ts';
import type { StatusSender } from './status-sender.ts';
import type { TimestampIntake } from './timestamp-intake.ts';
import type { UpstreamSettings } from './upstream-settings.ts';
import { Waker } from './waker.ts';

export interface UpstreamMirrorOptions {
  readonly settings: UpstreamSettings;
  readonly fleetGit: string;
  readonly forge: Forge;
  readonly intake: FleetIntake;
  readonly timestamps: TimestampIntake;
  /** None where nothing goes back. */
  readonly senders: readonly StatusSender[];
  /** main moved: walk, publish, tell devices. */
  readonly moved: () => Promise<void>;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** Webhooks in a burst are one look, milliseconds. */
const minGapMs = 1_000;
/** A forge that is down is asked at least this often, milliseconds. */
const maxBackoffMs = 15 * 60_000;

export class UpstreamMirror {
  readonly #options: UpstreamMirrorOptions;
  readonly #waker = new Waker();
  #state: MirrorState = noMirrorState;
  /** A tip that main cannot move to: not fetched again while both stay. */
  #left:
    | { readonly tip: ObjectId; readonly main: ObjectId | undefined; readonly error: TowlineError }
    | undefined;
  #failuresInARow = 0;

  constructor(options: UpstreamMirrorOptions) {
    this.#options = options;
  }

  get state(): MirrorState {
    const push = this.#options.senders.find(({ trouble }) => trouble !== undefined)?.trouble;
    return { ...this.#state, pushTrouble: push };
  }

  /** Something happened at the forge, or so it is said: look now. */
  wake(): void {
    this.#waker.wake();
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { settings, clock, random } = this.#options;
    while (!signal.aborted) {
      await this.look(signal);
      const growth = 2 ** Math.min(this.#failuresInARow, 10);
      const waitMs = Math.min(settings.intervalMs * growth, Math.max(maxBackoffMs, settings.intervalMs));
      try {
        await clock.sleep(Math.min(minGapMs, waitMs), signal);
        await this.#waker.wait(waitMs * (0.9 + 0.2 * random()), clock, signal);
      } catch {
        return;
      }
    }
  }

  /** One look; never throws. */
  async look(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    this.#state = { ...this.#state, looks: this.#state.looks + 1 };
    try {
      const refs = await this.#follow(signal);
      if (this.#state.trouble !== undefined) log.info('the forge is followed again');
      this.#state = { ...this.#state, trouble: undefined, succeededAt: clock.now() };
      this.#failuresInARow = 0;
      for (const sender of this.#options.senders) await sender.send(refs, signal);
    } catch (error) {
      if (!signal.aborted) this.#onTrouble(error);
    }
  }

  async #follow(signal: AbortSignal): Promise<ReadonlyMap<string, ObjectId>> {
    const { settings, forge, timestamps } = this.#options;
    const branch = `refs/heads/${settings.branch}`;
    const refs = await forge.refs([branch, 'refs/heads/fleet-status', auditRef, 'refs/towline/*'], signal);
    const tip = refs.get(branch);
    if (tip === undefined) {
      throw new TowlineError('GATEWAY_UPSTREAM_UNREACHABLE', `the forge has no branch ${settings.branch}`);
    }
    this.#state = { ...this.#state, seen: tip };
    await this.#takeMain(tip, branch, signal);
    await timestamps.take(refs, signal);
    return refs;
  }

  async #takeMain(tip: ObjectId, branch: string, signal: AbortSignal): Promise<void> {
    const { forge, intake, fleetGit, log, moved } = this.#options;
    const main = await intake.main();
    if (tip === main) return;
    if (this.#left?.tip === tip && this.#left.main === main) throw this.#left.error;
    if (await intake.isBehind(tip, signal)) throw rewound(tip, main);
    await using quarantine = await forge.fetch(fleetGit, branch, signal);
    const fetched = await quarantine.tip();
    await intake.takeMain(quarantine, fetched, signal).catch((error: unknown) => {
      if (isTowlineError(error) && refusesTip.has(error.code)) this.#left = { tip: fetched, main, error };
      throw error;
    });
    this.#state = { ...this.#state, moves: this.#state.moves + 1 };
    log.info({ from: main, to: fetched }, 'main follows the forge');
    await moved();
  }

  #onTrouble(error: unknown): void {
    const { audit, log, settings } = this.#options;
    const known = isTowlineError(error);
    const trouble: MirrorTrouble = {
      code: known ? error.code : 'GATEWAY_INTERNAL',
      message: messageOf(error),
      ...(known && typeof error.details.commit === 'string' ? { commit: error.details.commit } : {}),
    };
    const before = this.#state.trouble;
    const isNew = before?.code !== trouble.code || before.commit !== trouble.commit;
    const refusal = refusals.has(trouble.code);
    this.#state = {
      ...this.#state,
      trouble,
      failures: this.#state.failures + 1,
      refusals: this.#state.refusals + (refusal && isNew ? 1 : 0),
    };
    // A rewind is looked at as often as ever: the forge answers, and may go forward again at any time.
    this.#failuresInARow = refusesTip.has(trouble.code) ? 0 : this.#failuresInARow + 1;
    if (!isNew) return;
    log.warn({ ...trouble, ...(known ? {} : { err: error }) }, 'the forge is not followed');
    const { code, message } = trouble;
    if (refusal) audit.write({ action: 'mirror', outcome: 'refused', from: settings.url, code, message });
  }
}

/** The forge answers well, and its main is not one that ours can move to. */
const refusesTip: ReadonlySet<string> = new Set([
  'GATEWAY_UPSTREAM_REWOUND',
  'GATEWAY_MAIN_REFUSED',
  'TRUST_MERGE',
  'TRUST_COMMIT_HEADER',
]);
const refusals: ReadonlySet<string> = new Set([
  ...refusesTip,
  'TRUST_TIME_FUTURE',
  'GATEWAY_UPSTREAM_GARBAGE',
]);

function rewound(tip: ObjectId, main: ObjectId | undefined): TowlineError {
  const message = `${tip} does not descend from ${main ?? 'the anchor'}`;
  return new TowlineError('GATEWAY_UPSTREAM_REWOUND', message, { details: { commit: tip } });
}
