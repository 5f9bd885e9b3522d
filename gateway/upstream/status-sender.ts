/**
 * Sends what is the gateway's own back to the forge, with lease: fleet-status and the timestamp, or the audit log. It never holds anything up: what fails is
 * tried again later, and later still.
 */
import type { Logger } from 'pino';
import { auditRef } from '../../core/audit/audit-commit.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { fleetStatusRef } from '../fleet-status/status-branch.ts';
import { readRef } from '../git/bare-refs.ts';
import { timestampRef } from '../git/served-refs.ts';
import type { Forge, ForgePush } from './forge.ts';
import type { MirrorTrouble } from './mirror-state.ts';

export interface StatusSenderOptions {
  /** Each has a sender of its own: a forge that does not take the one is sent the other. */
  readonly what: 'fleet-status' | 'audit';
  readonly forge: Forge;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  readonly log: Logger;
  readonly clock: Clock;
}

const firstBackoffMs = 10_000;
const maxBackoffMs = 30 * 60_000;

export class StatusSender {
  readonly #options: StatusSenderOptions;
  #trouble: MirrorTrouble | undefined;
  #failures = 0;
  #notBefore = 0;

  constructor(options: StatusSenderOptions) {
    this.#options = options;
  }

  get trouble(): MirrorTrouble | undefined {
    return this.#trouble;
  }

  /** @param refs what the forge has, as it said a moment ago. Throws only when the signal is aborted. */
  async send(refs: ReadonlyMap<string, ObjectId>, signal: AbortSignal): Promise<void> {
    const { what, fleetGit, telemetryGit, clock, log } = this.#options;
    if (clock.monotonic() < this.#notBefore) return;
    try {
      const ref = what === 'audit' ? auditRef : fleetStatusRef;
      const own = await readRef(telemetryGit, ref);
      if (own !== undefined) await this.#push(telemetryGit, new Map([[ref, own]]), refs, signal);
      if (what === 'fleet-status') await this.#push(fleetGit, await this.#towlineRefs(refs), refs, signal);
      if (this.#trouble !== undefined) log.info(`the forge takes ${what} again`);
      this.#trouble = undefined;
      this.#failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      const trouble: MirrorTrouble = isTowlineError(error)
        ? { code: error.code, message: error.message }
        : { code: 'GATEWAY_UPSTREAM_PUSH_FAILED', message: String(error) };
      if (this.#trouble?.code !== trouble.code) log.warn(trouble, `the forge does not take ${what}`);
      this.#trouble = trouble;
      this.#notBefore = clock.monotonic() + Math.min(maxBackoffMs, firstBackoffMs * 2 ** this.#failures);
      this.#failures = Math.min(this.#failures + 1, 16);
    }
  }

  /** Where the forge has a timestamp, that one counts: a newer one of it has been taken already. */
  async #towlineRefs(refs: ReadonlyMap<string, ObjectId>): Promise<Map<string, ObjectId>> {
    const ours = refs.has(timestampRef) ? undefined : await readRef(this.#options.fleetGit, timestampRef);
    return new Map(ours === undefined ? [] : [[timestampRef, ours]]);
  }

  async #push(
    gitDirectory: string,
    ours: ReadonlyMap<string, ObjectId>,
    theirs: ReadonlyMap<string, ObjectId>,
    signal: AbortSignal,
  ): Promise<void> {
    const pushes: ForgePush[] = [...ours]
      .filter(([ref, id]) => theirs.get(ref) !== id)
      .map(([ref, id]) => ({ ref, id, expected: theirs.get(ref) }));
    if (pushes.length > 0) await this.#options.forge.push(gitDirectory, pushes, signal);
  }
}
