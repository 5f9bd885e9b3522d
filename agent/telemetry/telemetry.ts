/** What collects, beside the loop: each for itself, shown what each pass has found. */
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import type { Log } from '../../core/log.ts';
import type { Collector, Scene, Spool } from './collector.ts';

export interface TelemetryOptions {
  readonly collectors: readonly Collector[];
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
}

/** One that ended, which none does by itself, begins again, milliseconds. */
const restartMs = 60_000;
/** Whoever waits for what collectors hold, waits for the disk alone, milliseconds. */
const longestSettleMs = 10_000;

export class Telemetry {
  readonly #options: TelemetryOptions;
  #settling: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
  }

  /** Never throws. */
  look(scene: Scene): void {
    for (const collector of this.#options.collectors) {
      try {
        collector.look(scene);
      } catch (error) {
        this.#warn(collector, error);
      }
    }
  }

  /** Until it is aborted; what is in memory then is on the disk when it resolves. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#options.collectors.map(collector => this.#run(collector, signal)));
    await this.settle();
  }

  /**
   * Has each put into the spool what it holds in memory. Never throws: one that cannot keeps it.
   * @returns false: the disk is slow, and not all of it is there yet
   */
  async settle(): Promise<boolean> {
    // One that has begun may have passed over what is meant now; one that has not yet is for all who ask.
    this.#queued ??= this.#settling.then(() => {
      this.#queued = undefined;
      this.#settling = this.#settleAll();
      return this.#settling;
    });
    const over = new AbortController();
    const late = this.#options.clock.sleep(longestSettleMs, over.signal).catch(() => undefined);
    const isWhole = await Promise.race([this.#queued.then(() => true), late.then(() => false)]);
    over.abort();
    return isWhole;
  }

  async #settleAll(): Promise<void> {
    const each = this.#options.collectors.map(collector =>
      collector.settle().catch((error: unknown) => {
        // That there is no room is told by the status already.
        if (!isDiskFull(error)) this.#warn(collector, error);
      }),
    );
    await Promise.all(each);
  }

  async #run(collector: Collector, signal: AbortSignal): Promise<void> {
    const { spool, clock } = this.#options;
    while (!signal.aborted) {
      try {
        await collector.run(spool, signal);
      } catch (error) {
        if (!signal.aborted) this.#warn(collector, error);
      }
      if (!signal.aborted) await clock.sleep(restartMs, signal).catch(() => undefined);
    }
  }

  #warn({ name }: Collector, error: unknown): void {
    this.#options.log.warn({ collector: name, error: messageOf(error) }, 'a collector of telemetry fails');
  }
}
