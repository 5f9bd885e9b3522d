/** How far each series was written: a receiver takes nothing that is older than what it has of a series. */
import type { MetricsDelivery } from '../delivery.ts';
import { byName, type DeviceLabels, type Label } from '../series/device-labels.ts';
import { type Shape, ShapePool, type ShapeSeries } from '../series/shape-pool.ts';
import { type DroppedCounts, deliveredRows, type Row, rowKey } from './delivered-rows.ts';
import type { WrittenSample, WrittenSeries } from './write-request.ts';

/** By number: the time of the newest sample of each series; negative: it ended then. */
interface Sent {
  readonly shape: Shape;
  readonly timesMs: Float64Array;
}

/** How far one series will be. */
interface Reached {
  readonly series: ShapeSeries;
  readonly timeMs: number;
}

/** What to write of a delivery. */
export interface Planned {
  readonly device: string;
  readonly series: readonly WrittenSeries[];
  readonly dropped: DroppedCounts;
  readonly reached: readonly Reached[];
}

export class SentSeries {
  readonly #labels: DeviceLabels;
  readonly #seriesPerDevice: number;
  readonly #pool = new ShapePool();
  readonly #devices = new Map<string, Sent>();

  constructor(labels: DeviceLabels, seriesPerDevice: number) {
    this.#labels = labels;
    this.#seriesPerDevice = seriesPerDevice;
  }

  plan(delivery: MetricsDelivery, nowMs: number): Planned {
    const { origin } = delivery;
    const rules = { taken: this.#labels.taken, seriesPerDevice: this.#seriesPerDevice };
    const { rows, dropped } = deliveredRows(delivery, nowMs, rules);
    const before = this.#before(origin.device);
    const whose = this.#labels.of(origin);
    const series: WrittenSeries[] = [];
    const reached: Reached[] = [];
    const add = (row: Row, beforeMs: number): void => {
      const { samples, timeMs, late } = onward(row.samples, beforeMs);
      dropped.late += late;
      reached.push({ series: row.series, timeMs });
      if (samples.length > 0) series.push({ labels: allLabels(row.series, whose), samples });
    };
    for (const [key, row] of rows) add(row, before.get(key)?.timeMs ?? 0);
    for (const row of endedRows(rows, before)) add(row, before.get(keyOf(row.series))?.timeMs ?? 0);
    return { device: origin.device, series, dropped, reached };
  }

  /** The receiver has all of it, or will never have it. */
  written({ device, reached }: Planned): void {
    if (reached.length === 0) return;
    this.forget(device);
    this.#devices.set(device, {
      shape: this.#pool.take(reached.map(({ series }) => series)),
      timesMs: Float64Array.from(reached, ({ timeMs }) => timeMs),
    });
  }

  forget(device: string): void {
    const sent = this.#devices.get(device);
    if (sent === undefined) return;
    this.#devices.delete(device);
    this.#pool.release(sent.shape);
  }

  #before(device: string): ReadonlyMap<string, Reached> {
    const sent = this.#devices.get(device);
    const found = new Map<string, Reached>();
    for (const [at, family] of sent?.shape.families.entries() ?? []) {
      const series = { family, labels: sent?.shape.labels[at] ?? '[]' };
      found.set(keyOf(series), { series, timeMs: sent?.timesMs[at] ?? 0 });
    }
    return found;
  }
}

/** Of those that the device had before and does not name any more: no value at the first moment of this delivery. */
function endedRows(rows: ReadonlyMap<string, Row>, before: ReadonlyMap<string, Reached>): Row[] {
  const firsts = [...rows.values()].map(({ samples }) => samples[0]?.timeMs ?? Infinity);
  const firstMs = firsts.reduce((first, timeMs) => Math.min(first, timeMs), Infinity);
  if (firstMs === Infinity) return [...before.values()].map(({ series }) => ({ series, samples: [] }));
  const ended = [...before].filter(([key, { timeMs }]) => !rows.has(key) && timeMs > 0);
  return ended.map(([, { series }]) => ({ series, samples: [{ timeMs: firstMs, value: null }] }));
}

interface Onward {
  readonly samples: readonly WrittenSample[];
  /** As `Sent` has it. */
  readonly timeMs: number;
  readonly late: number;
}

/** What is newer than what was written; where a value was and is none, the series ends. */
function onward(samples: readonly WrittenSample[], beforeMs: number): Onward {
  const found: WrittenSample[] = [];
  let late = 0;
  let timeMs = beforeMs;
  for (const sample of samples) {
    const { timeMs: at, value } = sample;
    if (at <= Math.abs(timeMs)) late += value === null ? 0 : 1;
    else if (value !== null) {
      found.push(sample);
      timeMs = at;
    } else if (timeMs > 0) {
      found.push(sample);
      timeMs = -at;
    }
  }
  return { samples: found, timeMs, late };
}

const keyOf = ({ family, labels }: ShapeSeries) => rowKey(family.name, labels);

/** Sorted, as the specification wants it: a receiver may refuse what is not. */
function allLabels({ family, labels }: ShapeSeries, whose: readonly Label[]): readonly Label[] {
  return [['__name__', family.name] as const, ...whose, ...labelsIn(labels)].sort(byName);
}

function labelsIn(text: string): Label[] {
  const labels: unknown = JSON.parse(text);
  if (!Array.isArray(labels)) return [];
  return labels.flatMap((label: unknown) => {
    const [name, value]: unknown[] = Array.isArray(label) ? label : [];
    return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : [];
  });
}
