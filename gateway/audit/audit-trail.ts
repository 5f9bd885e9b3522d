/**
 * The audit log of the fleet: what was allowed and refused here, and what the gateway knows that happened. Each entry is chained and
 * with the system at once, and goes in a signed commit to the branch `audit` of telemetry.git, once a minute or sooner where they are many.
 */
import type { Logger } from 'pino';
import type { AuditFacts, ChainPlace } from '../../core/audit/audit-entry.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Audit, AuditEvent } from '../admission/audit.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import type { NumberedTransition, TransitionListener } from '../transitions/transition.ts';
import { AuditBranch, type AuditBranchOptions } from './audit-branch.ts';
import { AuditSpool } from './audit-spool.ts';
import { LeftOut } from './left-out.ts';
import { toldEvent, toldTransition } from './told-events.ts';
import { WaitingLines } from './waiting-lines.ts';

export interface AuditTrailOptions extends AuditBranchOptions {
  /** For what waits. */
  readonly folder: string;
  readonly keepDays: () => number;
  /** Whether fleet.yaml names the key, so that desks believe its commits. */
  readonly isPinned: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between commits, milliseconds; a minute unless it is given. */
  readonly intervalMs?: number;
}

/** Entries of one commit. */
const atOnce = 1000;
/** What comes together goes together. */
const gatherMs = 1000;
const lookMs = 250;
const longestPauseMs = 15 * 60_000;

/** A head as it is told to others, who then hold the gateway to it. */
export interface AuditHead extends ChainPlace {
  /** Of the branch, that has it. */
  readonly commit: string;
  /** When it was committed, milliseconds since the epoch. */
  readonly timeMs: number;
}

export class AuditTrail implements Audit, TransitionListener {
  readonly name = 'audit';
  readonly #options: AuditTrailOptions;
  readonly #branch: AuditBranch;
  readonly #waiting: WaitingLines;
  readonly #spool: AuditSpool;
  readonly #leftOut: LeftOut;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #onHead: ((head: AuditHead) => void) | undefined;
  #lost = 0;
  #error: string | undefined;
  #head: AuditHead | undefined;
  #committedMs = Number.NEGATIVE_INFINITY;

  /** @throws TowlineError AUDIT_MALFORMED, TRUST_OBJECT_…; what the disk throws */
  static async open(options: AuditTrailOptions): Promise<AuditTrail> {
    const { clock, log, folder } = options;
    const branch = await AuditBranch.open(options);
    const found = await AuditSpool.open(folder, error =>
      log.error({ error: messageOf(error) }, 'the audit log is not synced to the disk'),
    );
    const { waiting, moved } = await WaitingLines.open(found, branch.head);
    const trail = new AuditTrail(options, { branch, waiting, spool: found.spool });
    if (moved === 0) return trail;
    log.error({ moved }, 'audit entries followed another head than telemetry.git has: they got new numbers');
    const time = new Date(clock.now()).toISOString();
    const words = 'telemetry.git is not the one that these entries were made for: they got new numbers';
    trail.#add({ time, type: 'gateway', what: 'audit.moved', more: moved, words });
    return trail;
  }

  private constructor(
    options: AuditTrailOptions,
    parts: { readonly branch: AuditBranch; readonly waiting: WaitingLines; readonly spool: AuditSpool },
  ) {
    this.#options = options;
    this.#branch = parts.branch;
    this.#waiting = parts.waiting;
    this.#spool = parts.spool;
    this.#leftOut = new LeftOut(options.clock);
    const { head, tip } = parts.branch;
    if (tip !== undefined) this.#head = { ...head, commit: tip, timeMs: options.clock.now() };
    this.#ended = this.#run(this.#stop.signal);
  }

  /** Of what is committed; undefined before the first commit. */
  get head(): AuditHead | undefined {
    return this.#head;
  }

  /** @param listener told of the newest, and of each that comes */
  onHead(listener: (head: AuditHead) => void): void {
    this.#onHead = listener;
    if (this.#head !== undefined) listener(this.#head);
  }

  /** It is as old as the ledger of transitions, and hears all of it. */
  get through(): number {
    return this.#waiting.transition ?? this.#branch.transition ?? 0;
  }

  write(event: AuditEvent): void {
    const facts = toldEvent(event, this.#options.clock.now());
    if (facts === undefined || (event.outcome === 'refused' && !this.#leftOut.mayTell(event))) return;
    this.#add(facts);
  }

  /** @throws what the disk throws */
  async took(batch: readonly NumberedTransition[]): Promise<void> {
    for (const transition of batch) {
      if (transition.number > this.through) this.#waiting.add(toldTransition(transition));
    }
    await this.#spool.synced();
  }

  metrics(): Metric[] {
    const of = (rest: string) => `towline_gateway_audit_${rest}`;
    const [up, pinned] = [this.#error === undefined, this.#options.isPinned()].map(Number);
    return [
      gauge(of('entries'), 'Number of the newest entry of the audit log in a commit.', this.#head?.seq ?? 0),
      gauge(of('waiting'), 'Entries of the audit log that are in no commit yet.', this.#waiting.count),
      gauge(of('pinned'), '1 where fleet.yaml names the key that signs the audit log.', pinned ?? 0),
      gauge(of('up'), '0 while the audit log cannot be committed.', up ?? 0),
      counter(of('dropped_total'), 'Entries of the audit log that could not be written down.', this.#lost),
    ];
  }

  state(): object {
    const { seq, hash } = this.#head ?? {};
    const head = seq === undefined ? {} : { seq, hash };
    return { audit: { ...head, ...(this.#error === undefined ? {} : { error: this.#error }) } };
  }

  /** What waits is committed, if that goes. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
    await this.#ended;
    try {
      await this.#commitAll(new AbortController().signal);
    } catch (error) {
      this.#failed(error);
    }
    await this.#spool.close();
  }

  /** Until the signal is aborted. */
  async #run(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs = 60_000 } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await clock.sleep(lookMs, signal);
        if (this.#waiting.count === 0 && !this.#tellLeftOut()) continue;
        const isMany = () => this.#waiting.count >= atOnce;
        while (!isMany() && clock.monotonic() - this.#committedMs < intervalMs)
          await clock.sleep(lookMs, signal);
        if (!isMany()) await clock.sleep(gatherMs, signal);
        await this.#commitAll(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
        failures += 1;
        await clock.sleep(Math.min(longestPauseMs, 1000 * 2 ** failures), signal).catch(() => undefined);
      }
    }
  }

  async #commitAll(signal: AbortSignal): Promise<void> {
    const { clock, keepDays, log } = this.#options;
    this.#tellLeftOut();
    while (this.#waiting.count > 0) {
      const lines = this.#waiting.first(atOnce);
      const nowMs = clock.now();
      // Only where all of them are in: of those that are not, the spool knows.
      const transition = lines.length === this.#waiting.count ? this.#waiting.transition : undefined;
      await this.#branch.write({ lines, transition, keepDays: keepDays(), nowMs }, signal);
      this.#head = { ...this.#branch.head, commit: this.#branch.tip ?? '', timeMs: nowMs };
      this.#onHead?.(this.#head);
      await this.#waiting.committed(lines);
      this.#committedMs = clock.monotonic();
    }
    if (this.#error !== undefined) log.info('the audit log is committed again');
    this.#error = undefined;
  }

  #failed(error: unknown): void {
    const message = messageOf(error);
    const code = isTowlineError(error) ? { code: error.code } : {};
    if (message !== this.#error)
      this.#options.log.error({ ...code, error: message }, 'the audit log is not committed');
    this.#error = message;
  }

  #add(facts: AuditFacts): void {
    try {
      this.#waiting.add(facts);
    } catch (error) {
      this.#lost += 1;
      this.#leftOut.lost();
      this.#failed(error);
    }
  }

  /** What was left out is told, once it can be. @returns whether there was any */
  #tellLeftOut(): boolean {
    const facts = this.#leftOut.take();
    for (const each of facts) this.#add(each);
    return facts.length > 0;
  }
}
