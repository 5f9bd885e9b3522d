/**
 * How often each peer may ask. One that asks more often is told so, a while later, at the end of its connection; what else it
 * has sent on it by then is not looked at: it costs the reading, and nothing more.
 */
import type { Socket } from 'node:net';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { RateLimiter } from '../limits/device-limits.ts';

/** Parts of a minute: the requests of five seconds are saved up. */
const savedUp = 12;

export class RequestRate {
  readonly #limiter: RateLimiter;
  readonly #ended = new WeakSet<Socket>();

  constructor(perMinute: number, clock: Clock) {
    this.#limiter = new RateLimiter(perMinute, clock, Math.ceil(perMinute / savedUp));
  }

  /** @throws TowlineError GATEWAY_RATE_LIMITED; the connection is then at its end. */
  count(peer: string, socket: Socket): void {
    const retryAfterSec = this.#limiter.take(peer);
    if (retryAfterSec === 0) return;
    this.#ended.add(socket);
    throw new TowlineError('GATEWAY_RATE_LIMITED', 'too many requests', { details: { retryAfterSec } });
  }

  /** Whether nothing more is to be done for what comes on this connection. */
  hasEnded(socket: Socket): boolean {
    return this.#ended.has(socket);
  }
}
