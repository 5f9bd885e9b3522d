/** People ring at devices, so that these look at main now. */
import type { Clock } from '../../core/io/clock.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import type { Hints } from './hints.ts';

/** In a minute: of one device, whoever asks, and of one person. Main that moves rings at all of them. */
const [ofDevice, ofPerson] = [12, 2000];

export class Bell {
  readonly #hints: Pick<Hints, 'ring'>;
  readonly #devices: RateLimiter;
  readonly #people: RateLimiter;

  constructor(hints: Pick<Hints, 'ring'>, clock: Clock) {
    this.#hints = hints;
    this.#devices = new RateLimiter(ofDevice, clock);
    this.#people = new RateLimiter(ofPerson, clock);
  }

  /** Of each device that somebody names, whether they may ring there or not. @returns 0, or seconds to wait */
  ask(person: string): number {
    return this.#people.take(person);
  }

  /** @returns whether it listens; seconds to wait where it was rung at too often */
  ring(device: string): boolean | { readonly retryAfterSec: number } {
    const retryAfterSec = this.#devices.take(device);
    return retryAfterSec > 0 ? { retryAfterSec } : this.#hints.ring(device);
  }
}
