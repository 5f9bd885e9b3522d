/**
 * How often one device may send what is answered by reading it and not from the cache: ls-refs, and what is no request. Once it
 * has used that up, what it sends is not even unpacked until it may again.
 */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { RateLimiter } from '../limits/device-limits.ts';

export class RequestBudget {
  readonly #clock: Clock;
  readonly #limiter: RateLimiter;
  /** Device → when it may again, by the monotonic clock. */
  readonly #over = new Map<string, number>();

  constructor(perMinute: number, clock: Clock) {
    this.#clock = clock;
    this.#limiter = new RateLimiter(perMinute, clock);
  }

  /** Before anything is done for a request. @throws TowlineError GATEWAY_RATE_LIMITED */
  check(device: string): void {
    const until = this.#over.get(device);
    if (until === undefined) return;
    const leftMs = until - this.#clock.monotonic();
    if (leftMs > 0) throw refused(Math.ceil(leftMs / 1000));
    this.#over.delete(device);
  }

  /** For one that was read. @throws TowlineError GATEWAY_RATE_LIMITED */
  charge(device: string): void {
    const waitSec = this.#limiter.take(device);
    if (waitSec === 0) return;
    this.#over.set(device, this.#clock.monotonic() + waitSec * 1000);
    throw refused(waitSec);
  }
}

function refused(retryAfterSec: number): TowlineError {
  return new TowlineError('GATEWAY_RATE_LIMITED', 'this device asks too often for refs, or for nothing', {
    details: { retryAfterSec },
  });
}
