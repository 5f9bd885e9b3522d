/** What the receiver has refused of one batch, by what it is of. */
import type { Label } from '../series/device-labels.ts';
import { samplesIn } from './pieces.ts';
import type { WrittenSeries } from './write-request.ts';

/**
 * Words of Prometheus, Mimir and Cortex for a sample that came too late: it was delivered before, or nobody needs it any
 * more. It is counted, and no dead letter.
 */
const tooLate = /out of order|out-of-order|out of bounds|too old|duplicate sample/i;

export const isTooLate = (reason: string): boolean => tooLate.test(reason);

export class Refusals {
  /** By the labels of the series, which stay the same object when it is taken apart. */
  readonly #reasons = new Map<readonly Label[], { samples: number; reason: string }>();

  add(series: readonly WrittenSeries[], reason: string): void {
    for (const { labels, samples } of series) {
      const before = this.#reasons.get(labels)?.samples ?? 0;
      this.#reasons.set(labels, { samples: before + samples.length, reason });
    }
  }

  /** Why nothing at all of these was taken; undefined: something was, or it came too late. */
  reasonFor(series: readonly WrittenSeries[]): string | undefined {
    const found = series.map(({ labels }) => this.#reasons.get(labels));
    const refused = found.reduce((count, one) => count + (one?.samples ?? 0), 0);
    if (series.length === 0 || refused < samplesIn(series)) return undefined;
    return found.map(one => one?.reason ?? '').find(reason => !isTooLate(reason));
  }
}
