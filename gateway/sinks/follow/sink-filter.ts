/** `filter` of a sink: what of a device's telemetry it is given. */
import { matches } from '../../../core/fleet/selector.ts';
import type { MetricBlock } from '../../../core/telemetry/record/metrics.ts';
import { levels } from '../../../core/telemetry/record/record.ts';
import type { SinkFilter as FilterFile } from '../../../schemas/types.generated.ts';
import type { ViewDevice } from '../../fleet/fleet-view.ts';
import type { Delivery, DeliveryKind, EventDelivery, LogDelivery, MetricsDelivery } from '../delivery.ts';

const kindNames = { log: 'logs', event: 'events', metrics: 'metrics' } as const;

export class SinkFilter {
  readonly #filter: FilterFile;
  readonly #takes: ReadonlySet<DeliveryKind>;
  readonly #apps: ReadonlySet<string> | undefined;
  readonly #least: number;

  /** @param takes what its kind of sink takes at all */
  constructor(
    filter: FilterFile = {},
    takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event', 'metrics']),
  ) {
    this.#filter = filter;
    const wanted = filter.kinds;
    this.#takes = new Set([...takes].filter(kind => wanted?.includes(kindNames[kind]) ?? true));
    this.#apps = filter.apps === undefined ? undefined : new Set(filter.apps);
    this.#least = filter.level === undefined ? -1 : levels.indexOf(filter.level);
  }

  takesKind(kind: DeliveryKind): boolean {
    return this.#takes.has(kind);
  }

  takesDevice({ id, groups, labels }: ViewDevice): boolean {
    const { devices } = this.#filter;
    return devices === undefined || matches(devices, { id, groups, labels: new Map(Object.entries(labels)) });
  }

  /** @returns the delivery, or as much of it as passes; undefined: nothing */
  pass(delivery: Delivery): Delivery | undefined {
    if (!this.#takes.has(delivery.kind)) return undefined;
    if (delivery.kind === 'metrics') return this.#metrics(delivery);
    if (!this.#isLoud(delivery)) return undefined;
    const app = delivery.kind === 'log' ? delivery.project : delivery.record.project;
    return this.#apps === undefined || (app !== undefined && this.#apps.has(app)) ? delivery : undefined;
  }

  /** What was lost is told at every level. */
  #isLoud({ record }: LogDelivery | EventDelivery): boolean {
    if (this.#least <= 0 || record.kind === 'gap') return true;
    const silent = record.kind === 'log' && record.stream === 'stderr' ? 'error' : 'info';
    return levels.indexOf(record.level ?? silent) >= this.#least;
  }

  #metrics(delivery: MetricsDelivery): MetricsDelivery | undefined {
    const apps = this.#apps;
    if (apps === undefined) return delivery;
    const blocks = delivery.blocks.flatMap(block => ofApps(block, apps));
    return blocks.length === 0 ? undefined : { ...delivery, blocks };
  }
}

function ofApps({ series, moments }: MetricBlock, apps: ReadonlySet<string>): MetricBlock[] {
  const kept = series.flatMap(({ labels }, at) => (apps.has(labels.project ?? '') ? [at] : []));
  if (kept.length === 0) return [];
  const pick = <Value>(all: readonly Value[]): Value[] => kept.flatMap(at => all.slice(at, at + 1));
  return [
    {
      series: pick(series),
      moments: moments.map(({ timeMs, values }) => ({ timeMs, values: pick(values) })),
    },
  ];
}
