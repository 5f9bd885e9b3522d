/** Writes metrics to Prometheus, or what else takes remote write 1.0. */
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { counter, type Metric } from '../../plain-port/metric.ts';
import type { Delivery, MetricsDelivery, RecordSink, Refused } from '../delivery.ts';
import { assertTaken } from '../http/answer.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import type { DeviceLabels } from '../series/device-labels.ts';
import { type DroppedCounts, noneDropped } from './delivered-rows.ts';
import { halves, requestsOf, roundsOf, samplesIn } from './pieces.ts';
import { Refusals } from './refusal.ts';
import { type Planned, SentSeries } from './sent-series.ts';
import { type WrittenSeries, writeRequest } from './write-request.ts';

export interface RemoteWriteOptions {
  readonly http: Pick<SinkHttp, 'send' | 'where' | 'forget' | 'close'>;
  readonly labels: DeviceLabels;
  /** Of one device; those beyond are dropped. */
  readonly seriesPerDevice: number;
  readonly clock: Clock;
}

const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};
/** Requests of one batch that look for what is refused; then what is left with it counts as refused. */
const maxSearches = 256;

/** What one batch has come to. */
interface Search {
  left: number;
  readonly refusals: Refusals;
}

export class RemoteWriteSink implements RecordSink {
  readonly takes = new Set(['metrics'] as const);
  /** Some megabytes of samples at once. */
  readonly maxBatch = 64;
  readonly #options: RemoteWriteOptions;
  readonly #sent: SentSeries;
  readonly #dropped: DroppedCounts = noneDropped();
  /** Tried before and not to the end: what was written of them is not late. */
  #unfinished: ReadonlySet<string> = new Set();
  #written = 0;
  #refused = 0;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#sent = new SentSeries(options.labels, options.seriesPerDevice);
  }

  /** @throws TowlineError TELEMETRY_RECEIVER_BUSY, TELEMETRY_RECEIVER_DENIES, TELEMETRY_RECEIVER_UNREACHABLE */
  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const deliveries = batch.filter(delivery => delivery.kind === 'metrics');
    const search = { left: maxSearches, refusals: new Refusals() };
    const refused: Refused[] = [];
    try {
      for (const round of roundsOf(deliveries)) refused.push(...(await this.#round(round, search, signal)));
      this.#unfinished = new Set();
    } catch (error) {
      this.#unfinished = new Set(deliveries.map(({ id }) => id));
      throw error;
    }
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

  /** One delivery of each device. @returns those of which nothing was taken */
  async #round(
    deliveries: readonly MetricsDelivery[],
    search: Search,
    signal: AbortSignal,
  ): Promise<Refused[]> {
    const nowMs = this.#options.clock.now();
    const byPlan = new Map(deliveries.map(delivery => [this.#sent.plan(delivery, nowMs), delivery]));
    for (const plans of requestsOf(byPlan.keys())) {
      const before = search.refusals.samples;
      const series = plans.flatMap(plan => plan.series);
      await this.#write(series, search, signal);
      const refused = search.refusals.samples - before;
      this.#refused += refused;
      this.#written += samplesIn(series) - refused;
      for (const plan of plans) this.#settle(plan, byPlan.get(plan)?.id);
    }
    return [...byPlan].flatMap(([plan, delivery]) => {
      const reason = search.refusals.reasonFor(plan.series);
      return reason === undefined ? [] : { delivery, reason };
    });
  }

  #settle(plan: Planned, id: string | undefined): void {
    this.#sent.written(plan);
    const { ahead, late, series, name } = plan.dropped;
    const isAgain = id !== undefined && this.#unfinished.has(id);
    if (isAgain) return;
    this.#dropped.ahead += ahead;
    this.#dropped.late += late;
    this.#dropped.series += series;
    this.#dropped.name += name;
  }

  /** All of it, or what can be had of it. */
  async #write(series: readonly WrittenSeries[], search: Search, signal: AbortSignal): Promise<void> {
    if (series.length === 0) return;
    const { http, clock } = this.#options;
    const answer = await http.send({ headers, body: writeRequest(series) }, signal);
    try {
      assertTaken(answer, http.where(), clock.now());
    } catch (error) {
      if (!isTowlineError(error) || error.code !== 'TELEMETRY_BATCH_REFUSED') throw error;
      const parts = search.left > 0 ? halves(series) : undefined;
      if (parts === undefined) return search.refusals.add(series, error.message);
      search.left -= 2;
      for (const part of parts) await this.#write(part, search, signal);
    }
  }
}
