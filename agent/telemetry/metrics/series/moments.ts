/** Moments that wait for their segment: each series is named once, a moment is its numbers. */
import type { MetricBlock, Series } from '../../../../core/telemetry/record/metrics.ts';
import { type Sample, seriesKey } from './sample.ts';

/** Of one number in a line of JSON, about. */
const valueBytes = 12;

export class Moments {
  readonly #index = new Map<string, number>();
  #series: Series[] = [];
  #moments: { readonly timeMs: number; readonly values: (number | null)[] }[] = [];
  #bytes = 0;

  /** Unpacked, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#moments.length;
  }

  /** Of two samples of one series the first counts. */
  add(timeMs: number, samples: readonly Sample[]): void {
    const values: (number | null)[] = new Array<null>(this.#series.length).fill(null);
    for (const sample of samples) {
      const index = this.#indexOf(sample);
      while (values.length <= index) values.push(null);
      values[index] ??= sample.value;
    }
    this.#moments.push({ timeMs, values });
    this.#bytes += values.length * valueBytes;
  }

  #indexOf({ name, type, labels }: Sample): number {
    const key = seriesKey({ name, labels });
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.#series.length;
    this.#index.set(key, index);
    this.#series.push({ name, type, labels });
    this.#bytes += key.length;
    return index;
  }

  /** What is held, as one block. It is held until `clear`. */
  block(): MetricBlock {
    const { length } = this.#series;
    return {
      series: this.#series,
      moments: this.#moments.map(({ timeMs, values }) => ({
        timeMs,
        values:
          values.length === length
            ? values
            : [...values, ...new Array<null>(length - values.length).fill(null)],
      })),
    };
  }

  clear(): void {
    this.#index.clear();
    this.#series = [];
    this.#moments = [];
    this.#bytes = 0;
  }
}
