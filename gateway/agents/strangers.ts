/**
 * Who asks for a part without the key of a device: most likely a machine on which an agent is being installed. All of them
 * together have places and a rate of their own, so that they take nothing from devices, whoever they are.
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { addressGroup } from '../../core/address-group.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import { Slots } from '../limits/slots.ts';

export interface StrangerLimits {
  /** Served at once, all of them; others wait in turn. */
  readonly size: number;
  readonly maxWaiting: number;
  /** The same of one address. */
  readonly ofOne: { readonly size: number; readonly maxWaiting: number };
  /** Of one address. */
  readonly requestsPerMinute: number;
  /** All of them together. */
  readonly bytesPerSecond: number;
  /** One answer, from its turn to its end: the rest is asked for by `Range`. */
  readonly wholeMs: number;
}

export const strangerLimits: StrangerLimits = {
  size: 32,
  maxWaiting: 128,
  ofOne: { size: 8, maxWaiting: 48 },
  requestsPerMinute: 120,
  bytesPerSecond: 16 * 1024 * 1024,
  wholeMs: 10 * 60_000,
};

export class Strangers {
  readonly #limits: StrangerLimits;
  readonly #clock: Clock;
  readonly #slots: Slots;
  readonly #rate: RateLimiter;
  /** When the last byte that was let through is over, by the monotonic clock, milliseconds. */
  #busyUntilMs = 0;

  constructor(clock: Clock, limits: StrangerLimits = strangerLimits) {
    this.#limits = limits;
    this.#clock = clock;
    this.#slots = new Slots(limits);
    this.#rate = new RateLimiter(limits.requestsPerMinute, clock);
  }

  get wholeMs(): number {
    return this.#limits.wholeMs;
  }

  /** @throws TowlineError GATEWAY_RATE_LIMITED */
  count({ socket }: IncomingMessage): void {
    const retryAfterSec = this.#rate.take(addressGroup(socket.remoteAddress));
    if (retryAfterSec === 0) return;
    const message = 'too many requests from this address';
    throw new TowlineError('GATEWAY_RATE_LIMITED', message, { details: { retryAfterSec } });
  }

  /** A place, to be given back. @throws TowlineError GATEWAY_BUSY; the signal's reason */
  turn({ socket }: IncomingMessage, signal: AbortSignal): Promise<Disposable> {
    return this.#slots.take(signal, addressGroup(socket.remoteAddress));
  }

  /** Before so many bytes go: one after the other, whoever they are for. */
  async pace(bytes: number): Promise<void> {
    const nowMs = this.#clock.monotonic();
    const beginsMs = Math.max(nowMs, this.#busyUntilMs);
    this.#busyUntilMs = beginsMs + (bytes / this.#limits.bytesPerSecond) * 1000;
    if (beginsMs > nowMs) await wait(beginsMs - nowMs);
  }
}
