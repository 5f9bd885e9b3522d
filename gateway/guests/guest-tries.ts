/**
 * Who may try a link. Right ones are not counted, and wrong ones shut out nobody else: where too many are tried, those are refused who
 * have tried one lately. 128 bits need no such bound; the devices that are asked do.
 */
import type { Clock } from '../../core/io/clock.ts';
import { RateLimiter } from '../limits/device-limits.ts';

/** Wrong ones: of an address, and of all together. */
const [ofAddressPerMinute, ofAllPerMinute] = [10, 120];

export class GuestTries {
  readonly #ofAddress: RateLimiter;
  readonly #ofAll: RateLimiter;

  constructor(clock: Clock) {
    this.#ofAddress = new RateLimiter(ofAddressPerMinute, clock);
    this.#ofAll = new RateLimiter(ofAllPerMinute, clock);
  }

  /** @param from address, of IPv6 the network @returns what is called where the link was right; undefined: not now */
  begin(from: string): (() => void) | undefined {
    const isFirst = this.#ofAddress.isFull(from);
    if (this.#ofAddress.take(from) > 0) return undefined;
    const isCounted = this.#ofAll.take('') === 0;
    if (!isCounted && !isFirst) return undefined;
    return () => {
      this.#ofAddress.give(from);
      if (isCounted) this.#ofAll.give('');
    };
  }
}
