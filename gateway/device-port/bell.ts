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

  /** @returns whether it listens; seconds to wait where it was rung at, or this person has rung, too often */
  ring(device: string, person: string): boolean | { readonly retryAfterSec: number } {
    const retryAfterSec = this.#people.take(person) || this.#devices.take(device);
    return retryAfterSec > 0 ? { retryAfterSec } : this.#hints.ring(device);
  }
}
