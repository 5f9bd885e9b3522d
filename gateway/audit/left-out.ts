/**
 * What the audit log does not tell one by one: refusals beyond a budget, since whoever knocks from a thousand addresses must not fill
 * a year of it, and what the disk did not take. Both are counted, and told as one.
 */
import type { AuditFacts } from '../../core/audit/audit-entry.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { AuditEvent } from '../admission/audit.ts';
import { TokenBucket } from '../limits/device-limits.ts';

/** Refusals at once, and in each minute from then on: more than a fleet has that is in order. */
const [atOnce, perMinute] = [300, 30];

export class LeftOut {
  readonly #clock: Clock;
  /** Apart: strangers, of whom there are any number, must not hide what somebody of the fleet was refused. */
  readonly #ofKnown: TokenBucket;
  readonly #ofStrangers: TokenBucket;
  #refused = 0;
  #lost = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#ofKnown = new TokenBucket(perMinute, atOnce, clock.monotonic());
    this.#ofStrangers = new TokenBucket(perMinute, atOnce, clock.monotonic());
  }

  /** @returns whether a refusal may be told; else it is counted */
  mayTell({ who, action }: Pick<AuditEvent, 'who' | 'action'>): boolean {
    // Whoever comes to be enrolled has a key that they have made.
    const isKnown = who !== undefined && action !== 'enrol';
    const room = isKnown ? this.#ofKnown : this.#ofStrangers;
    if (room.take(this.#clock.monotonic()) === 0) return true;
    this.#refused += 1;
    return false;
  }

  /** The disk did not take so many. */
  lost(count: number): void {
    this.#lost += count;
  }

  /**
   * Tells of them, if there are any.
   * @param tell throws where that cannot be written down either: then they count on
   */
  tell(tell: (facts: AuditFacts) => void): void {
    const time = new Date(this.#clock.now()).toISOString();
    if (this.#lost > 0) {
      const words = 'could not be written down: the disk did not take them';
      tell({ time, type: 'gateway', what: 'audit.lost', more: this.#lost, words });
      this.#lost = 0;
    }
    if (this.#refused > 0) {
      const words = 'refusals were too many to be told one by one';
      tell({ time, type: 'refusal', what: 'audit.folded', more: this.#refused, words });
      this.#refused = 0;
    }
  }
}
