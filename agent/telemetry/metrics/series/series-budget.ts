/** How many series there may be: those that were there before stay, new ones come while there is room. */
import { type Sample, seriesKey } from './sample.ts';

/** A series that has not been seen for so many moments gives its place up. */
const forgottenAfter = 10;
/** All the names and labels of one budget, bytes: a segment has room for them. */
const maxNameBytes = 1024 * 1024;

export interface Admitted {
  readonly samples: readonly Sample[];
  /** Samples of series that have no room. */
  readonly dropped: number;
}

export class SeriesBudget {
  /** Key → the moment in which it was last seen. */
  readonly #seen = new Map<string, number>();
  #moment = 0;
  #bytes = 0;

  admit(samples: readonly Sample[], maxSeries: number): Admitted {
    this.#moment += 1;
    this.#forget(maxSeries);
    const keyed = samples.map(sample => ({ sample, key: seriesKey(sample) }));
    for (const { key } of keyed) if (this.#seen.has(key)) this.#seen.set(key, this.#moment);
    const admitted: Sample[] = [];
    for (const { sample, key } of keyed) if (this.#hasRoom(key, maxSeries)) admitted.push(sample);
    return { samples: admitted, dropped: samples.length - admitted.length };
  }

  #hasRoom(key: string, maxSeries: number): boolean {
    if (this.#seen.has(key)) return true;
    if (this.#seen.size >= maxSeries || this.#bytes + key.length > maxNameBytes) return false;
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
