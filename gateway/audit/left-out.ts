/**
 * What the audit log does not tell one by one: refusals beyond a budget, since whoever knocks from a thousand addresses must not fill
 * a year of it, and what the disk did not take. Both are counted, and told as one.
 */
import type { AuditFacts } from '../../core/audit/audit-entry.ts';
import type { Clock } from '../../core/io/clock.ts';

/** Refusals at once, and in each minute from then on: more than a fleet has that is in order. */
const [atOnce, perMinute] = [300, 30];

export class LeftOut {
  readonly #clock: Clock;
  #left = atOnce;
  #sinceMs: number;
  #refused = 0;
  #lost = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonic();
  }

  /** @returns whether a refusal may be told; else it is counted */
  mayTell(): boolean {
    const nowMs = this.#clock.monotonic();
    this.#left = Math.min(atOnce, this.#left + ((nowMs - this.#sinceMs) * perMinute) / 60_000);
    this.#sinceMs = nowMs;
    if (this.#left < 1) {
      this.#refused += 1;
      return false;
    }
    this.#left -= 1;
    return true;
  }

  /** The disk did not take it. */
  lost(): void {
    this.#lost += 1;
  }

  /** What has to be told of them; they count no longer. */
  take(): AuditFacts[] {
    const time = new Date(this.#clock.now()).toISOString();
    const facts: AuditFacts[] = [];
    if (this.#lost > 0)
      facts.push({
        ...{ time, type: 'gateway', what: 'audit.lost', more: this.#lost },
        words: 'could not be written down: the disk did not take them',
      });
    if (this.#refused > 0)
      facts.push({
        ...{ time, type: 'refusal', what: 'audit.folded', more: this.#refused },
        words: 'refusals were too many to be told one by one',
      });
    this.#lost = 0;
    this.#refused = 0;
    return facts;
  }
}
