/**
 * Sends what waits in one outbox, in order for each type; again where it was not taken, for a day; then it is a dead letter. What
 * one receiver does holds up no other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { pauseMs } from '../sinks/follow/backoff.ts';
import type { DeadLetters } from '../sinks/follow/dead-letters.ts';
import type { Carrier } from './carriers/carrier.ts';
import type { Message } from './messages/message.ts';
import { maxQueued, type Outbox } from './outbox/outbox.ts';

/** Then it is given up, milliseconds. */
const longestMs = 24 * 3_600_000;
/** Between two tries at most, milliseconds. */
const longestPauseMs = 15 * 60_000;
/** Types that fail in one round: whoever takes none of three takes none. */
const failingTypes = 3;
/** Then it is not given up before it was tried for so long since the start: a machine's network comes up after it. */
const leastTriedMs = 3_600_000;
/** Of this message alone: it fares no better the next time. */
const forGood = 'TELEMETRY_BATCH_REFUSED';
/** It says nothing of this message, and the next fares no better: a login that was changed is put right by a person. */
const ofReceiver: ReadonlySet<string> = new Set([
  'TELEMETRY_RECEIVER_UNREACHABLE',
  'TELEMETRY_RECEIVER_DENIES',
  'TELEMETRY_SINK_FILE',
]);

export interface CourierOptions {
  readonly outbox: Outbox;
  readonly carrier: Carrier;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
}

export class Courier {
  readonly #options: CourierOptions;
  #failures = 0;
  #error: string | undefined;
  #lastError: unknown;
  /** By the monotonic clock; undefined: all that was sent was taken. */
  #failingSinceMs: number | undefined;
  /** Not before, by the monotonic clock. */
  #notBeforeMs = 0;
  /** Sent, and a disk that is full does not take it down: they are not sent again for that. */
  readonly #unmarked = new Set<string>();
  #resentMs = Number.NEGATIVE_INFINITY;
  readonly counts = { sent: 0, dead: 0, errors: 0 };

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Why nothing goes on. */
  get error(): string | undefined {
    return this.#error;
  }

  /** What can be sent now. It may be called at any time, by one. @throws what the disk throws */
  async deliver(signal: AbortSignal): Promise<void> {
    const { outbox, clock } = this.#options;
    await this.#trim();
    if (outbox.queued > 0 && clock.monotonic() >= this.#notBeforeMs) await this.#round(signal);
    if (outbox.queued === 0) await this.#resend(signal);
  }

  /** SIGHUP: it is tried again at once. */
  hurry(): void {
    this.#notBeforeMs = 0;
  }

  /** Once through what waits. */
  async #round(signal: AbortSignal): Promise<void> {
    const { outbox, carrier } = this.#options;
    const failed = new Set<string>();
    let queue = outbox.queue;
    while (queue.length > 0 && !signal.aborted) {
      const batch = queue.slice(0, carrier.maxBatch);
      queue = queue.slice(batch.length);
      if (batch.some(({ type }) => failed.has(type))) continue;
      const error = await this.#send(batch, signal);
      if (error === undefined) continue;
      for (const { type } of batch) failed.add(type);
      const code = isTowlineError(error) ? error.code : '';
      const names = isTowlineError(error) && error.details.retryAfterMs !== undefined;
      if (names || ofReceiver.has(code) || failed.size >= failingTypes) break;
      // Others may wait for what takes seconds.
      await sleep(0, undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted) return;
    if (failed.size === 0) this.#well();
    else this.#pause();
  }

  /** @returns why it is to be tried again */
  async #send(batch: readonly Message[], signal: AbortSignal): Promise<unknown> {
    const { outbox, carrier } = this.#options;
    const fresh = batch.filter(({ id }) => !this.#unmarked.has(id));
    try {
      if (fresh.length > 0) await carrier.send(fresh, signal);
    } catch (error) {
      if (signal.aborted) return error;
      return await this.#failed(fresh, error, signal);
    }
    for (const { id } of fresh) this.#unmarked.add(id);
    this.counts.sent += fresh.length;
    await outbox.take({ done: batch.map(({ id }) => id) });
    for (const { id } of batch) this.#unmarked.delete(id);
    return undefined;
  }

  async #failed(batch: readonly Message[], error: unknown, signal: AbortSignal): Promise<unknown> {
    const { clock, log } = this.#options;
    const isForGood = isTowlineError(error, forGood);
    if (isForGood && batch.length > 1) {
      let last: unknown;
      // One of them is at fault.
      for (const message of batch) last = (await this.#send([message], signal)) ?? last;
      return last;
    }
    if (isForGood) {
      await this.#bury(batch, messageOf(error));
      return undefined;
    }
    this.counts.errors += 1;
    this.#lastError = error;
    this.#failingSinceMs ??= clock.monotonic();
    // By both clocks: a wall clock that is set forward makes nothing old.
    const isTried = clock.monotonic() - this.#failingSinceMs >= leastTriedMs;
    const old = isTried ? batch.filter(({ queuedAt }) => clock.now() - queuedAt >= longestMs) : [];
    if (old.length > 0) await this.#bury(old, `given up after a day: ${messageOf(error)}`);
    if (this.#error === undefined)
      log.warn({ error: messageOf(error) }, 'a message is not taken; it is tried again');
    this.#error = messageOf(error);
    return error;
  }

  async #bury(messages: readonly Message[], reason: string): Promise<void> {
    const { deadLetters, outbox, clock, log } = this.#options;
    const refused = messages.map(({ id, ...message }) => ({
      delivery: { kind: 'message', id, ...message },
      reason,
    }));
    await deadLetters.write(refused, clock.now());
    await outbox.take({ done: messages.map(({ id }) => id) });
    this.counts.dead += messages.length;
    log.warn({ messages: messages.length, reason: reason.slice(0, 300) }, 'messages are given up');
  }

  async #trim(): Promise<void> {
    const { outbox } = this.#options;
    const many = outbox.queue.slice(0, Math.max(0, outbox.queued - maxQueued));
    if (many.length > 0) await this.#bury(many, `more than ${maxQueued} wait`);
  }

  #well(): void {
    if (this.#error !== undefined) this.#options.log.info({}, 'messages are taken again');
    this.#error = undefined;
    this.#failures = 0;
    this.#failingSinceMs = undefined;
    this.#notBeforeMs = 0;
  }

  #pause(): void {
    const { clock, random, carrier } = this.#options;
    this.#failures += 1;
    // Who forgets by itself is not left alone for longer than that.
    const longest = Math.min(longestPauseMs, carrier.resendMs ?? longestPauseMs);
    const pause = pauseMs(this.#failures, this.#lastError, random(), longest);
    this.#notBeforeMs = clock.monotonic() + pause;
  }

  async #resend(signal: AbortSignal): Promise<void> {
    const { carrier, outbox, clock, log } = this.#options;
    const { resendMs } = carrier;
    if (resendMs === undefined || clock.monotonic() - this.#resentMs < resendMs) return;
    this.#resentMs = clock.monotonic();
    const open = [...outbox.open.values()].map(({ transition }) => transition);
    try {
      await carrier.resend?.(open, signal);
      this.#error = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.counts.errors += 1;
      if (this.#error === undefined) log.warn({ error: messageOf(error) }, 'what is open is not taken again');
      this.#error = messageOf(error);
    }
  }
}
