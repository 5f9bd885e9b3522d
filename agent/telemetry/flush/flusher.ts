/** Pushes between passes: what the policy says is due, one after the other. */
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { Report, ReportSettings } from '../../report/report.ts';
import type { DiskSpool } from '../spool/spool.ts';
import { type Cause, FlushPolicy } from './flush-policy.ts';

export interface FlusherOptions {
  readonly report: Pick<Report, 'flush' | 'isDown'>;
  readonly spool: Pick<DiskSpool, 'hear' | 'waiting'>;
  /** Has collectors put into the spool what they hold in memory. @returns whether all of it is there */
  readonly settle: () => Promise<boolean>;
  readonly clock: Clock;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly log: Log;
  /** So much comes that it is sent for its size: what reads and packs it is hot from now on. */
  readonly onMuch: () => void;
}

export class Flusher {
  readonly #options: FlusherOptions;
  readonly #policy: FlushPolicy;
  #settings: ReportSettings | undefined;
  #wake: () => void = () => {};

  constructor(options: FlusherOptions) {
    const { spool, clock, random } = options;
    this.#options = options;
    this.#policy = new FlushPolicy(random, clock.monotonic());
    spool.hear({
      put: () => this.#wake(),
      urgent: () => {
        this.#policy.urgent(clock.monotonic());
        this.#wake();
      },
    });
  }

  /** Of the newest pass; undefined: nothing is pushed, as of a device that is retired. */
  use(settings: ReportSettings | undefined): void {
    this.#settings = settings;
    this.#wake();
  }

  /** The gateway asks for what is new. */
  asked(): void {
    this.#policy.asked(this.#options.clock.monotonic());
    this.#wake();
  }

  /** Until it is aborted. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = this.#woken();
      const { spool, clock } = this.#options;
      const { cause, atMs } = this.#policy.next(spool.waiting.bytes);
      const waitMs = this.#settings === undefined ? Number.POSITIVE_INFINITY : atMs - clock.monotonic();
      if (waitMs > 0) await this.#wait(woken, waitMs, signal);
      else await this.#flush(cause, signal);
    }
  }

  async #flush(cause: Cause, signal: AbortSignal): Promise<void> {
    const { report, clock, settle, log } = this.#options;
    const policy = this.#policy;
    const settings = this.#settings;
    if (settings === undefined) return;
    if (cause === 'full') this.#options.onMuch();
    policy.begin(cause, clock.monotonic());
    let isWhole = true;
    // While nobody hears it what is new stays in memory, where it becomes whole segments.
    if (cause === 'aged' || (cause !== 'full' && !report.isDown)) {
      isWhole = await settle();
      policy.settled(clock.monotonic());
    }
    if (cause === 'aged') return;
    try {
      const flushed = await report.flush(cause, settings, signal);
      const nowMs = clock.monotonic();
      if (flushed.kind === 'pushed') policy.pushed(cause, flushed, nowMs);
      // What was told of is on its way to a slow disk: it is looked for again.
      else if (flushed.kind === 'nothing' && !isWhole) policy.failed(nowMs);
      else if (flushed.kind === 'nothing') policy.idle();
      else policy.hasNoRoom(cause, nowMs);
      if (flushed.kind === 'pushed') log.debug({ cause, bytes: flushed.bytes }, 'telemetry pushed');
    } catch (error) {
      if (signal.aborted) return;
      const { retryAfterMs } = isTowlineError(error) ? error.details : {};
      policy.failed(clock.monotonic(), typeof retryAfterMs === 'number' ? retryAfterMs : 0);
      log.debug({ cause, error: messageOf(error) }, 'telemetry not pushed, it waits in the spool');
    }
  }

  #woken(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
    });
  }

  async #wait(woken: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    // As long as a timer takes.
    const slept = this.#options.clock.sleep(Math.min(ms, 3_600_000), until).catch(() => undefined);
    await Promise.race([woken, slept]);
    over.abort();
  }
}
