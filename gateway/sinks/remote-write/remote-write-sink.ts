/** Writes metrics to Prometheus, or what else takes remote write 1.0. */
import type { Clock } from '../../../core/io/clock.ts';
import { counter, type Metric } from '../../plain-port/metric.ts';
import type { Delivery, MetricsDelivery, RecordSink, Refused } from '../delivery.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import type { DeviceLabels } from '../series/device-labels.ts';
import { BatchWriting } from './batch-writing.ts';
import { type DroppedCounts, noneDropped } from './delivered-rows.ts';
import { SentSeries } from './sent-series.ts';

export interface RemoteWriteOptions {
  readonly http: Pick<SinkHttp, 'send' | 'where' | 'forget' | 'close'>;
  readonly labels: DeviceLabels;
  /** Of one device; those beyond are dropped. */
  readonly seriesPerDevice: number;
  readonly clock: Clock;
}

export class RemoteWriteSink implements RecordSink {
  readonly takes = new Set(['metrics'] as const);
  /** Some megabytes of samples at once. */
  readonly maxBatch = 64;
  readonly #options: RemoteWriteOptions;
  readonly #sent: SentSeries;
  readonly #dropped: DroppedCounts = noneDropped();
  /** Tried before and not to the end. */
  #unfinished: BatchWriting | undefined;
  #written = 0;
  #refused = 0;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#sent = new SentSeries(options.labels, options.seriesPerDevice);
  }

  /** @throws TowlineError TELEMETRY_RECEIVER_BUSY, TELEMETRY_RECEIVER_DENIES, TELEMETRY_RECEIVER_UNREACHABLE */
  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const deliveries = batch.filter(delivery => delivery.kind === 'metrics');
    const writing = this.#unfinished?.isOf(deliveries) === true ? this.#unfinished : this.#begin(deliveries);
    this.#unfinished = writing;
    const refused = await writing.run(signal);
    this.#unfinished = undefined;
    return refused;
  }

  forget(device: string): void {
    this.#sent.forget(device);
  }

  metrics(): readonly Metric[] {
    const { ahead, late, series, name } = this.#dropped;
    const samples = (what: string, help: string, value: number) =>
      counter(`towline_gateway_written_${what}_total`, `Samples ${help}.`, value);
    return [
      samples('samples', 'written', this.#written),
      samples('refused', 'that the receiver refused', this.#refused),
      samples('ahead', 'dropped: more than 10 minutes ahead', ahead),
      samples('late', 'dropped: older than the newest of their series', late),
      samples('over', 'dropped: of more series than allowed', series),
      samples('reserved', 'dropped: a name that no device may use', name),
    ];
  }

  reload(): void {
    this.#options.http.forget();
  }

  async close(): Promise<void> {
    this.#options.http.close();
  }

  #begin(deliveries: readonly MetricsDelivery[]): BatchWriting {
    const { http, clock } = this.#options;
    const counted = {
      written: (samples: number) => {
        this.#written += samples;
      },
      refused: (samples: number) => {
        this.#refused += samples;
      },
      dropped: ({ ahead, late, series, name }: DroppedCounts) => {
        this.#dropped.ahead += ahead;
        this.#dropped.late += late;
        this.#dropped.series += series;
        this.#dropped.name += name;
      },
    };
    return new BatchWriting({ http, clock, sent: this.#sent, counted }, deliveries);
  }
}
