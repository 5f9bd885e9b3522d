/** The series of one delivery, each with all of its moments: what a device sends by moment, a receiver takes by series. */
import type { MetricsDelivery } from '../delivery.ts';
import { ownLabels } from '../series/own-labels.ts';
import { isAhead } from '../series/sample-time.ts';
import type { ShapeSeries } from '../series/shape-pool.ts';
import type { WrittenSample } from './write-request.ts';

/** Why a sample is not written. */
export type Dropped = 'ahead' | 'late' | 'series' | 'name';
export type DroppedCounts = Record<Dropped, number>;

export interface Row {
  /** Its labels as JSON: they are read again where the series ends. */
  readonly series: ShapeSeries;
  /** The oldest first; null: no value at that moment. */
  readonly samples: readonly WrittenSample[];
}

export interface RowRules {
  /** Names that no series may have for its own. */
  readonly taken: ReadonlySet<string>;
  /** Of one device; those beyond are dropped. */
  readonly seriesPerDevice: number;
}

export const rowKey = (name: string, labels: string) => `${name} ${labels}`;

export function deliveredRows(
  { blocks }: Pick<MetricsDelivery, 'blocks'>,
  nowMs: number,
  { taken, seriesPerDevice }: RowRules,
): { readonly rows: ReadonlyMap<string, Row>; readonly dropped: DroppedCounts } {
  const dropped = noneDropped();
  const rows = new Map<string, Row & { readonly samples: WrittenSample[] }>();
  for (const { series, moments } of blocks) {
    const believed = moments.filter(({ timeMs }) => !isAhead(timeMs, nowMs));
    dropped.ahead += (moments.length - believed.length) * series.length;
    for (const [at, { name, type, labels: given }] of series.entries()) {
      const own = ownLabels({ name, type, labels: given }, taken);
      if (own === undefined) {
        dropped.name += believed.length;
        continue;
      }
      const labels = JSON.stringify(own);
      const key = rowKey(name, labels);
      if (!rows.has(key) && rows.size >= seriesPerDevice) {
        dropped.series += believed.length;
        continue;
      }
      const row = rows.get(key) ?? { series: { family: { name, type }, labels }, samples: [] };
      rows.set(key, row);
      for (const { timeMs, values } of believed) row.samples.push({ timeMs, value: values[at] ?? null });
    }
  }
  for (const { samples } of rows.values()) samples.sort((a, b) => a.timeMs - b.timeMs);
  return { rows, dropped };
}

export function noneDropped(): DroppedCounts {
  return { ahead: 0, late: 0, series: 0, name: 0 };
}
