/**
 * How many series there may be: those that were there before stay, new ones come while there is room. Names that change without
 * an end have none for long: in an hour as many are new as there may be at once, and twice as many at the beginning.
 */
import type { Clock } from '../../../../core/io/clock.ts';
import { type Sample, seriesKey } from './sample.ts';

/** A series that has not been seen for so many moments gives its place up. */
const forgottenAfter = 10;
/** All the names and labels of one budget, bytes: a segment has room for them. */
const maxNameBytes = 1024 * 1024;

const hourMs = 3_600_000;
/** A device begins, and all of its apps may be replaced. */
const atFirst = 2;

export interface Admitted {
  readonly samples: readonly Sample[];
  /** Samples of series that have no room. */
  readonly dropped: number;
}

export class SeriesBudget {
  /** Key → the moment in which it was last seen. */
  readonly #seen = new Map<string, number>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  #moment = 0;
  #bytes = 0;
  /** How many may be new, as a part of how many there may be. */
  #fresh = atFirst;
  #atMs: number;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#atMs = clock.monotonic();
  }

  admit(samples: readonly Sample[], maxSeries: number): Admitted {
    this.#moment += 1;
    this.#forget(maxSeries);
    const nowMs = this.#clock.monotonic();
    this.#fresh = Math.min(atFirst, this.#fresh + (nowMs - this.#atMs) / hourMs);
    this.#atMs = nowMs;
    const keyed = samples.map(sample => ({ sample, key: seriesKey(sample) }));
    for (const { key } of keyed) if (this.#seen.has(key)) this.#seen.set(key, this.#moment);
    const admitted: Sample[] = [];
    for (const { sample, key } of keyed) if (this.#hasRoom(key, maxSeries)) admitted.push(sample);
    return { samples: admitted, dropped: samples.length - admitted.length };
  }

  #hasRoom(key: string, maxSeries: number): boolean {
    if (this.#seen.has(key)) return true;
    if (this.#seen.size >= maxSeries || this.#bytes + key.length > maxNameBytes) return false;
    if (this.#fresh * maxSeries < 1) return false;
    this.#fresh -= 1 / maxSeries;
    this.#seen.set(key, this.#moment);
    this.#bytes += key.length;
    return true;
  }

  #forget(maxSeries: number): void {
    for (const [key, moment] of this.#seen) {
      if (this.#moment - moment <= forgottenAfter && this.#seen.size <= maxSeries) continue;
      this.#seen.delete(key);
      this.#bytes -= key.length;
    }
  }
}
