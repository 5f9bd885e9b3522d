/**
 * Metrics as documents: one for each moment and each set of labels, as Metricbeat writes what it scrapes from Prometheus
 * (`prometheus.labels.*`, `prometheus.metrics.*`).
 */
import type { MetricBlock } from '../../../core/telemetry/record/metrics.ts';
import type { MetricsDelivery } from '../delivery.ts';
import { instantOfMs, instantWord } from '../instant.ts';
import { type DataStream, type Document, deviceDocument, towlineOf } from './document.ts';

export interface MetricDocument {
  /** `device/metrics/sequence/number`: by its place in the segment, so the same whenever it is sent again. */
  readonly id: string;
  readonly document: Document;
}

/** Series that share their labels: numbers of series in the block. */
interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: number[];
}

export function* metricDocuments(delivery: MetricsDelivery, stream: DataStream): Generator<MetricDocument> {
  const { origin, id } = delivery;
  const device = deviceDocument(origin, stream);
  const about = { event: { dataset: stream.dataset, kind: 'metric' }, towline: towlineOf(origin) };
  let number = 0;
  for (const block of delivery.blocks) {
    const groups = groupsOf(block);
    for (const { timeMs, values } of block.moments) {
      const time = instantWord(instantOfMs(timeMs));
      for (const { labels, series } of groups) {
        number += 1;
        const metrics = metricsOf(block, series, values);
        if (metrics === undefined) continue;
        const document = { '@timestamp': time, ...device, ...about, prometheus: { labels, metrics } };
        yield { id: `${id}/${number}`, document };
      }
    }
  }
}

function groupsOf({ series }: MetricBlock): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [number, { labels }] of series.entries()) {
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const group = groups.get(key) ?? { labels, series: [] };
    group.series.push(number);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** @returns undefined: none of them has a value that JSON can hold */
function metricsOf(
  block: MetricBlock,
  series: readonly number[],
  values: readonly (number | null)[],
): Document | undefined {
  const metrics: Record<string, number> = {};
  let isEmpty = true;
  for (const number of series) {
    const value = values[number];
    const name = block.series[number]?.name;
    if (value === null || value === undefined || !Number.isFinite(value) || name === undefined) continue;
    metrics[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : metrics;
}
