/** What Prometheus scrapes of the fleet: the newest values of each device, and how each of them is. In memory alone. */
import { matches } from '../../../core/fleet/selector.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Selector } from '../../../schemas/types.generated.ts';
import type { FleetView, ViewDevice } from '../../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import { counter, gauge, type Metric } from '../../plain-port/metric.ts';
import type { PlainRoute } from '../../plain-port/plain-route.ts';
import type { Delivery, RecordSink, Refused } from '../delivery.ts';
import { DeviceLabels } from '../series/device-labels.ts';
import type { TelemetryRecord } from '../sink.ts';
import { DeviceHealth } from './device-health.ts';
import { labelText } from './exposition.ts';
import { NewestSamples, type SampleLimits } from './newest-samples.ts';
import { scrapeRoutes } from './scrape-routes.ts';
import { type ShownDevice, shardText } from './shard-text.ts';
import { Shards } from './shards.ts';

export interface PrometheusSinkOptions {
  /** Labels of the fleet that each series bears, beside `device_id`. */
  readonly labels: readonly string[];
  readonly limits: SampleLimits;
  /** Which devices are shown; undefined: all. */
  readonly devices: Selector | undefined;
  readonly view: FleetViewHolder;
  readonly clock: Clock;
}

export class PrometheusSink implements RecordSink {
  readonly takes = new Set(['metrics'] as const);
  readonly isMemory = true;
  readonly routes: readonly PlainRoute[];
  readonly #options: PrometheusSinkOptions;
  readonly #labels: DeviceLabels;
  readonly #samples: NewestSamples;
  readonly #health = new DeviceHealth();
  readonly #shards = new Shards();
  /** For which the shards and labels are. */
  #view: FleetView | undefined;
  #labelTexts: ReadonlyMap<string, string> = new Map();
  readonly #watched: () => void;

  constructor(options: PrometheusSinkOptions) {
    this.#options = options;
    this.#labels = new DeviceLabels(options.labels);
    this.#samples = new NewestSamples(this.#labels.taken, options.limits);
    const { view, clock } = options;
    const follow = (current: FleetView) => {
      if (current.fleet !== undefined) this.#health.followed(current.commit, clock.now());
    };
    follow(view.current);
    this.#watched = view.onChange(follow);
    this.routes = scrapeRoutes({
      shards: () => this.#current().count,
      text: shard => this.#text(shard),
    });
  }

  async deliver(batch: readonly Delivery[]): Promise<readonly Refused[]> {
    const nowMs = this.#options.clock.now();
    for (const delivery of batch) if (delivery.kind === 'metrics') this.#samples.take(delivery, nowMs);
    return [];
  }

  /** What a device said of itself, or that it left. */
  see(record: TelemetryRecord): void {
    this.#health.see(record, this.#options.clock.now());
  }

  forget(device: string): void {
    this.#samples.forget(device);
  }

  metrics(): readonly Metric[] {
    const { ahead, late, series, name } = this.#samples.dropped;
    return [
      gauge(
        'towline_gateway_scrape_series',
        'Series of devices that are held for a scrape.',
        this.#samples.series,
      ),
      counter('towline_gateway_scrape_ahead_total', 'Samples dropped: more than 10 minutes ahead.', ahead),
      counter('towline_gateway_scrape_late_total', 'Samples dropped: older than what is known.', late),
      counter('towline_gateway_scrape_over_total', 'Samples dropped: of more series than allowed.', series),
      counter(
        'towline_gateway_scrape_reserved_total',
        'Samples dropped: a name that no device may use.',
        name,
      ),
    ];
  }

  async close(): Promise<void> {
    this.#watched();
  }

  #current(): Shards {
    const view = this.#options.view.current;
    if (view === this.#view) return this.#shards;
    this.#view = view;
    const shown = [...view.devices.values()].filter(device => this.#isShown(device));
    this.#shards.assign(shown.map(({ id }) => id));
    this.#labelTexts = new Map(
      shown.map(({ id, labels }) => [id, labelText(this.#labels.of({ device: id, labels }))]),
    );
    return this.#shards;
  }

  #isShown({ id, groups, labels }: ViewDevice): boolean {
    const { devices } = this.#options;
    return devices === undefined || matches(devices, { id, groups, labels: new Map(Object.entries(labels)) });
  }

  #text(shard: number): Iterable<Uint8Array> | undefined {
    const nowMs = this.#options.clock.now();
    const devices = this.#current().devicesOf(shard);
    const shown = devices?.map(
      (device): ShownDevice => ({
        labels: this.#labelTexts.get(device) ?? '',
        health: this.#health.seriesOf(device, nowMs),
        samples: this.#samples.of(device, nowMs),
      }),
    );
    return shown === undefined ? undefined : shardText(shown, nowMs);
  }
}
