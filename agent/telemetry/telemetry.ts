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
  #settling: Promise<void> | undefined;

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

  /** Has each put into the spool what it holds in memory. Never throws: one that cannot keeps it. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  async #settle(): Promise<void> {
    const over = new AbortController();
    const each = this.#options.collectors.map(collector =>
      collector.settle().catch((error: unknown) => {
        // That there is no room is told by the status already.
        if (!isDiskFull(error)) this.#warn(collector, error);
      }),
    );
    const late = this.#options.clock.sleep(longestSettleMs, over.signal).catch(() => undefined);
    await Promise.race([Promise.all(each), late]);
    over.abort();
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
