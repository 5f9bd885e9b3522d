/** What whoever comes to a device's port may take: nobody has said yet who they are. */

import { addressGroup } from '../../core/address-group.ts';
import type { Clock } from '../../core/io/clock.ts';
import { Counts, RateLimiter } from '../limits/device-limits.ts';

export interface PortLimits {
  /** Connections of one device's port: fewer than its tunnel carries, so that the other ways in stay open. */
  readonly maxPerPort: number;
  /** Of one address (of IPv6 a /64), to all ports. */
  readonly maxPerAddress: number;
  /** New ones of one address in a minute. */
  readonly perMinute: number;
  /** To all ports. */
  readonly maxConnections: number;
}

export const portLimits: PortLimits = Object.freeze({
  maxPerPort: 24,
  maxPerAddress: 12,
  perMinute: 60,
  maxConnections: 1000,
});

export class PortBounds {
  readonly #all: Counts;
  readonly #ofPort: Counts;
  readonly #ofAddress: Counts;
  readonly #rate: RateLimiter;

  constructor(limits: PortLimits, clock: Clock) {
    this.#all = new Counts(limits.maxConnections);
    this.#ofPort = new Counts(limits.maxPerPort);
    this.#ofAddress = new Counts(limits.maxPerAddress);
    this.#rate = new RateLimiter(limits.perMinute, clock);
  }

  /** @returns what gives the place back, or why there is none */
  enter(port: number, address: string): (() => void) | string {
    const from = addressGroup(address);
    if (this.#rate.take(from) > 0) return 'too many connections of this address in a minute';
    const taken: (() => void)[] = [];
    const leave = () => {
      for (const give of taken.splice(0)) give();
    };
    const places: readonly [Counts, string, string][] = [
      [this.#ofAddress, from, 'too many connections of this address'],
      [this.#ofPort, String(port), 'too many connections to this port'],
      [this.#all, '', 'too many connections to all ports'],
    ];
    for (const [counts, key, why] of places) {
      if (!counts.enter(key)) {
        leave();
        return why;
      }
      taken.push(() => counts.leave(key));
    }
    return leave;
  }
}
