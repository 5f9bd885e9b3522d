/**
 * Follows the telemetry branches for one sink: a loop, a position and a pause of its own. No sink waits for another, and what
 * one holds in memory is one batch.
 */
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { Delivery } from '../delivery.ts';
import { Backlog } from './backlog.ts';
import { pauseMs } from './backoff.ts';
import type { Batch, BatchLimits } from './batch.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { FollowedSink } from './followed-sink.ts';
import { positionsFrom } from './replay.ts';
import { Sending } from './sending.ts';

export interface RecordFollowerOptions {
  readonly of: FollowedSink;
  readonly limits: BatchLimits;
  readonly intervalMs: number;
  readonly deadLetters: DeadLetters;
  /** From 0 to 1. */
  readonly random: () => number;
}

interface Replay {
  readonly fromMs: number;
  readonly done: PromiseWithResolvers<number>;
}

export class RecordFollower {
  readonly backlog: Backlog;
  readonly #options: RecordFollowerOptions;
  #sending: { readonly batch: Batch; readonly sending: Sending } | undefined;
  #own: { readonly delivery: Delivery; readonly sending: Sending } | undefined;
  #replay: Replay | undefined;
  #wake = new AbortController();
  #failures = 0;
  #error: string | undefined;
  /** Why its position is not written down. */
  #unwritten: string | undefined;

  constructor(options: RecordFollowerOptions) {
    this.#options = options;
    this.backlog = new Backlog(options.of, options.limits);
  }

  /** Why nothing goes on; undefined: it does. */
  get error(): string | undefined {
    return this.#error;
  }

  /** How long the first of what is not delivered has been waiting. */
  get lagMs(): number {
    const { clock } = this.#options.of;
    const waiting = this.#sending?.batch.sinceMs ?? Number.POSITIVE_INFINITY;
    const sinceMs = Math.min(this.backlog.sinceMs ?? Number.POSITIVE_INFINITY, waiting);
    return Number.isFinite(sinceMs) ? Math.max(0, clock.monotonic() - sinceMs) : 0;
  }

  /** What is no device's: it goes with the next round, once, and again until it is taken. */
  tell(delivery: Delivery): void {
    if (this.#options.of.filter.takesKind(delivery.kind))
      this.#own = { delivery, sending: this.#sendingOf([delivery]) };
  }

  /** Runs until the signal is aborted. What fails is tried again, each time after a longer pause. */
  async run(signal: AbortSignal): Promise<void> {
    const { of, intervalMs, random } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#round(signal);
        await this.#pause(intervalMs, signal);
      } catch (error) {
        if (signal.aborted) break;
        this.#failed(error);
        await this.#pause(pauseMs(this.#failures, error, random()), signal);
      }
    }
    await this.#note(() => of.positions.close());
  }

  /**
   * Back to what devices recorded at this time; durable when it resolves. A sink that has not come so far stays where it is.
   * @returns devices that go back
   */
  async replay(fromMs: number): Promise<number> {
    this.#replay?.done.reject(new Error('another replay was asked for'));
    const done = Promise.withResolvers<number>();
    this.#replay = { fromMs, done };
    this.#wake.abort();
    return await done.promise;
  }

  /** Delivers all there is. */
  async #round(signal: AbortSignal): Promise<void> {
    const { positions } = this.#options.of;
    for (;;) {
      await this.#goBack(signal);
      await this.#sendOwn(signal);
      if (this.#sending === undefined) {
        const batch = await this.backlog.next(signal);
        if (batch.isEmpty) break;
        const sending = this.#sendingOf(batch.deliveries);
        if (batch.deliveries.length > 0) await this.#note(() => positions.begin(batch.ends));
        this.#sending = { batch, sending };
      }
      const { batch, sending } = this.#sending;
      await sending.run(signal);
      this.#sending = undefined;
      await this.#note(() => positions.move(batch.ends));
      this.#worked();
    }
    this.#worked();
  }

  async #sendOwn(signal: AbortSignal): Promise<void> {
    const own = this.#own;
    if (own === undefined) return;
    await own.sending.run(signal);
    // A newer one may have come meanwhile.
    if (this.#own === own) this.#own = undefined;
  }

  #sendingOf(deliveries: readonly Delivery[]): Sending {
    const { of, deadLetters } = this.#options;
    const { counts, clock, sink } = of;
    return new Sending(
      {
        sink,
        refuse: async refused => {
          await deadLetters.write(refused, clock.now());
          counts.refused += refused.length;
        },
        count: ({ delivered, again }) => {
          counts.deliver(delivered, clock.monotonic());
          counts.again += again;
        },
      },
      deliveries,
    );
  }

  async #goBack(signal: AbortSignal): Promise<void> {
    const { of } = this.#options;
    const replay = this.#replay;
    if (replay === undefined) return;
    this.#replay = undefined;
    try {
      const back = await positionsFrom(of, replay.fromMs, signal);
      this.#sending = undefined;
      this.backlog.reset();
      for (const [device, position] of back) {
        if (position === undefined) of.positions.forget(device);
        else await of.positions.move(new Map([[device, position]]));
      }
      await of.positions.fold();
      for (const device of of.view.current.devices.keys()) this.backlog.moved(device);
      replay.done.resolve(back.size);
    } catch (error) {
      replay.done.reject(error);
    }
  }

  #worked(): void {
    const { log } = this.#options.of;
    if (this.#failures > 0) log.info({ failures: this.#failures }, 'the sink takes records again');
    this.#failures = 0;
    this.#error = undefined;
  }

  /** Told once for each reason: a receiver that is away for a night is no reason for a full log. */
  #failed(error: unknown): void {
    const { counts, log } = this.#options.of;
    const message = messageOf(error);
    this.#failures += 1;
    counts.errors += 1;
    if (message !== this.#error) {
      const code = isTowlineError(error) ? { code: error.code } : {};
      log.warn({ ...code, error: message }, 'the sink takes nothing now: records wait');
    }
    this.#error = message;
  }

  /** A position that cannot be written down is none to stop for: what follows may be delivered twice. */
  async #note(write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#unwritten = undefined;
    } catch (cause) {
      const error = messageOf(cause);
      // Once for each reason: two lines for each batch would be what fills the disk.
      if (error !== this.#unwritten)
        this.#options.of.log.error({ error }, 'how far the sink has come cannot be written down');
      this.#unwritten = error;
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#replay === undefined) {
      const joined = AbortSignal.any([signal, this.#wake.signal]);
      await this.#options.of.clock.sleep(ms, joined).catch(() => undefined);
    }
    this.#wake = new AbortController();
  }
}
