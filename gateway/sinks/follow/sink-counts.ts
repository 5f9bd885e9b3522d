/** What a sink has done since the gateway started. */
import type { CommitPiece } from '../../../core/telemetry/commit-records.ts';
import { counter, gauge, type Metric } from '../../plain-port/metric.ts';

/** Why something of a device was not delivered. */
export const skips = ['forged', 'unreadable', 'repeated', 'ahead', 'cut'] as const;
export type Skip = (typeof skips)[number];

const windowSec = 60;

export class SinkCounts {
  delivered = 0;
  refused = 0;
  /** Sent a second time, or oftener. */
  again = 0;
  errors = 0;
  readonly skipped: Record<Skip, number> = {
    ...{ forged: 0, unreadable: 0, repeated: 0, ahead: 0, cut: 0 },
  };
  readonly #seconds = new Map<number, number>();

  deliver(count: number, monotonicMs: number): void {
    this.delivered += count;
    const second = Math.floor(monotonicMs / 1000);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + count);
    for (const old of this.#seconds.keys()) {
      if (old > second - windowSec) break;
      this.#seconds.delete(old);
    }
  }

  /** Of a commit that was read for the first time. */
  skip({ unreadable, repeated }: Pick<CommitPiece, 'unreadable' | 'repeated'>): void {
    this.skipped.unreadable += unreadable;
    this.skipped.repeated += repeated;
  }

  /** In the last minute. */
  perSecond(monotonicMs: number): number {
    const since = Math.floor(monotonicMs / 1000) - windowSec;
    let count = 0;
    for (const [second, delivered] of this.#seconds) if (second > since) count += delivered;
    return count / windowSec;
  }

  /** @param labels of the sink */
  metrics(labels: Readonly<Record<string, string>>): Metric[] {
    const count = (name: string, help: string, value: number, more = {}): Metric => ({
      ...counter(`towline_gateway_sink_${name}_total`, help, value),
      labels: { ...labels, ...more },
    });
    return [
      count('delivered', 'Records that the receiver has taken.', this.delivered),
      count('refused', 'Records that it will never take: dead letters.', this.refused),
      count('again', 'Records that were sent more than once.', this.again),
      count('errors', 'Tries that failed.', this.errors),
      ...skips.map(why =>
        count(
          'skipped',
          'Not delivered: commits that no key of the device has signed (forged), lines that are no record (unreadable), records that their commit has before (repeated), measurements of the future (ahead), times that something was cut off before it was delivered (cut).',
          this.skipped[why],
          { why },
        ),
      ),
    ];
  }
}

export function sinkGauge(name: string, help: string, value: number, labels: Metric['labels'] = {}): Metric {
  return { ...gauge(`towline_gateway_sink_${name}`, help, value), labels };
}
