/**
 * The audit log of the fleet: what was allowed and refused here, and what the gateway knows that happened. Each entry is chained and
 * with the system at once, and goes in a signed commit to the branch `audit` of telemetry.git, once a minute or sooner where they are many.
 */
import type { Logger } from 'pino';
import type { AuditFacts } from '../../core/audit/audit-entry.ts';
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Audit, AuditEvent } from '../admission/audit.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { NumberedTransition, TransitionListener } from '../transitions/transition.ts';
import { AuditBranch, type AuditBranchOptions } from './audit-branch.ts';
import { auditMetrics } from './audit-metrics.ts';
import { AuditSpool } from './audit-spool.ts';
import { AuditTrouble } from './audit-trouble.ts';
import { LeftOut } from './left-out.ts';
import { toldEvent, toldTransition } from './told-events.ts';
import type { AuditHead } from './told-head.ts';
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

export class AuditTrail implements Audit, TransitionListener {
  readonly name = 'audit';
  readonly #options: AuditTrailOptions;
  /** Undefined: it cannot be read, and what is told waits. */
  #branch: AuditBranch | undefined;
  readonly #waiting: WaitingLines;
  readonly #spool: AuditSpool;
  readonly #leftOut: LeftOut;
  readonly #trouble: AuditTrouble;
  readonly #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();
  #onHead: ((head: AuditHead) => void) | undefined;
  #lost = 0;
  #head: AuditHead | undefined;
  #committedMs = Number.NEGATIVE_INFINITY;

  /** A branch that cannot be read keeps nobody from being served: it is looked at again and again. @throws what the disk throws */
  static async open(options: AuditTrailOptions): Promise<AuditTrail> {
    const { log, folder } = options;
    const found = await AuditSpool.open(folder, error =>
      log.error({ error: messageOf(error) }, 'the audit log is not synced to the disk'),
    );
    const trail = new AuditTrail(options, found);
    await trail.#opened().catch(error => trail.#trouble.took(error));
    trail.#ended = trail.#run(trail.#stop.signal);
    return trail;
  }

  private constructor(options: AuditTrailOptions, found: ConstructorParameters<typeof WaitingLines>[0]) {
    this.#options = options;
    this.#waiting = new WaitingLines(found);
    this.#spool = found.spool;
    this.#leftOut = new LeftOut(options.clock);
    this.#trouble = new AuditTrouble(options);
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
    return this.#waiting.transition ?? this.#branch?.transition ?? 0;
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
    return auditMetrics({
      ...{ entries: this.#head?.seq ?? 0, waiting: this.#waiting.count, lost: this.#lost },
      ...{ isUp: this.#trouble.words === undefined, isPinned: this.#options.isPinned() },
    });
  }

  /** Whether a person should look: it cannot be read, or was not committed for a minute. */
  get isDown(): boolean {
    return this.#branch === undefined || this.#trouble.lasts;
  }

  state(): object {
    const { seq, hash } = this.#head ?? {};
    const head = seq === undefined ? {} : { seq, hash };
    const { words } = this.#trouble;
    return { audit: { ...head, ...(words && { error: words, waiting: this.#waiting.count }) } };
  }

  /** What waits is committed, if that goes. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
    await this.#ended;
    try {
      await this.#commitAll(new AbortController().signal);
    } catch (error) {
      this.#trouble.took(error);
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
        this.#tellLeftOut();
        if (this.#waiting.count === 0 && this.#trouble.words === undefined) continue;
        const isMany = () => this.#waiting.count >= atOnce;
        while (!isMany() && clock.monotonic() - this.#committedMs < intervalMs)
          await clock.sleep(lookMs, signal);
        if (!isMany()) await clock.sleep(gatherMs, signal);
        await this.#commitAll(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#trouble.took(error);
        failures += 1;
        await clock.sleep(Math.min(longestPauseMs, 1000 * 2 ** failures), signal).catch(() => undefined);
      }
    }
  }

  /** @throws TowlineError AUDIT_UNREADABLE; what the disk throws */
  async #opened(): Promise<AuditBranch> {
    if (this.#branch !== undefined) return this.#branch;
    const { clock, log } = this.#options;
    const branch = await AuditBranch.open(this.#options);
    const moved = await this.#waiting.follow(branch.head, branch.transition);
    this.#branch = branch;
    const { head, tip } = branch;
    if (tip !== undefined) this.#tell({ ...head, commit: tip, timeMs: clock.now() });
    if (moved === 0) return branch;
    log.error({ moved }, 'audit entries follow another head than they were made for: they got new numbers');
    const time = new Date(clock.now()).toISOString();
    const words = 'telemetry.git could not be read, or is not the one that these entries were made for';
    this.#add({ time, type: 'gateway', what: 'audit.moved', more: moved, words });
    return branch;
  }

  async #commitAll(signal: AbortSignal): Promise<void> {
    const { clock, keepDays } = this.#options;
    const branch = await this.#opened();
    const isTold = this.#tellLeftOut();
    while (this.#waiting.count > 0) {
      const lines = this.#waiting.first(atOnce);
      const nowMs = clock.now();
      // Only where all of them are in: of those that are not, the spool knows.
      const transition = lines.length === this.#waiting.count ? this.#waiting.transition : undefined;
      await branch.write({ lines, transition, keepDays: keepDays(), nowMs }, signal);
      this.#tell({ ...branch.head, commit: branch.tip ?? '', timeMs: nowMs });
      await this.#waiting.committed(lines);
      this.#committedMs = clock.monotonic();
    }
    if (isTold) this.#trouble.over();
  }

  #tell(head: AuditHead): void {
    this.#head = head;
    this.#onHead?.(head);
  }

  #add(facts: AuditFacts): void {
    try {
      this.#waiting.add(facts);
    } catch (error) {
      this.#lost += 1;
      this.#leftOut.lost(1);
      this.#trouble.took(error);
    }
  }

  /** What was left out is told, once it can be. @returns false: it cannot be yet */
  #tellLeftOut(): boolean {
    try {
      this.#leftOut.tell(facts => this.#waiting.add(facts));
      return true;
    } catch (error) {
      this.#trouble.took(error);
      return false;
    }
  }
}
