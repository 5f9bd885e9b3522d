/** The newest values of each device, in memory: what a scrape shows. Shapes are shared, values are two numbers each. */
import type { MetricBlock } from '../../../core/telemetry/record/metrics.ts';
import type { MetricsDelivery } from '../delivery.ts';
import { ownLabels } from '../series/own-labels.ts';
import { isAhead } from '../series/sample-time.ts';
import { type Shape, ShapePool, type ShapeSeries } from '../series/shape-pool.ts';
import { labelText } from './exposition.ts';

export interface SampleLimits {
  /** Of one device; those beyond are dropped. */
  readonly seriesPerDevice: number;
  /** Of all; a device that comes when they are there shows nothing. */
  readonly series: number;
  /** How old a value may be that is shown; undefined: three of the device's own intervals, within bounds. */
  readonly stalenessMs: number | undefined;
}

/** Why a sample is not shown. */
export type Dropped = 'ahead' | 'late' | 'series' | 'name';

export interface DeviceSamples {
  readonly shape: Shape;
  /** By the number of the series. */
  readonly values: Float64Array;
  /** Of the values; 0: there is none. */
  readonly timesMs: Float64Array;
  readonly newestMs: number;
  readonly staleAfterMs: number;
}

/** What is said of a device that sends every hour, and of one that sends every second. */
const [leastStaleMs, mostStaleMs] = [5 * 60_000, 60 * 60_000];

interface Sample {
  readonly series: ShapeSeries;
  readonly value: number;
  readonly timeMs: number;
}

export class NewestSamples {
  /** Names that no series may have for its own. */
  readonly #taken: ReadonlySet<string>;
  readonly #limits: SampleLimits;
  readonly #pool = new ShapePool();
  readonly #devices = new Map<string, DeviceSamples>();
  readonly dropped: Record<Dropped, number> = { ahead: 0, late: 0, series: 0, name: 0 };
  #series = 0;

  constructor(taken: ReadonlySet<string>, limits: SampleLimits) {
    this.#taken = taken;
    this.#limits = limits;
  }

  /** Series of all devices. */
  get series(): number {
    return this.#series;
  }

  take({ origin, blocks }: MetricsDelivery, nowMs: number): void {
    const { device, commitMs } = origin;
    const before = this.#devices.get(device);
    const samples = this.#newestIn(blocks, nowMs);
    const newestMs = samples.reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0);
    if (newestMs === 0) return;
    // Where the clock went back what is known is from a time that has not been yet.
    if (before !== undefined && newestMs < before.newestMs && before.newestMs <= commitMs) {
      this.dropped.late += samples.length;
      return;
    }
    const staleAfterMs =
      this.#limits.stalenessMs ?? staleAfter(blocks, newestMs - (before?.newestMs ?? newestMs));
    this.forget(device);
    const room = Math.min(this.#limits.seriesPerDevice, this.#limits.series - this.#series);
    const kept = samples.slice(0, Math.max(0, room));
    this.dropped.series += samples.length - kept.length;
    if (kept.length === 0) return;
    this.#series += kept.length;
    this.#devices.set(device, {
      shape: this.#pool.take(kept.map(({ series }) => series)),
      values: Float64Array.from(kept, ({ value }) => value),
      timesMs: Float64Array.from(kept, ({ timeMs }) => timeMs),
      newestMs,
      staleAfterMs,
    });
  }

  /** It has left. */
  forget(device: string): void {
    const samples = this.#devices.get(device);
    if (samples === undefined) return;
    this.#devices.delete(device);
    this.#pool.release(samples.shape);
    this.#series -= samples.values.length;
  }

  /** @returns undefined: it says nothing that is recent. */
  of(device: string, nowMs: number): DeviceSamples | undefined {
    const samples = this.#devices.get(device);
    return samples !== undefined && nowMs - samples.newestMs <= samples.staleAfterMs ? samples : undefined;
  }

  /** One for each series: of its newest moment that is not ahead. A series that has no value then is there without one. */
  #newestIn(blocks: readonly MetricBlock[], nowMs: number): readonly Sample[] {
    const found = new Map<string, Sample>();
    for (const { series: named, moments } of blocks) {
      const believed = moments.filter(({ timeMs }) => !isAhead(timeMs, nowMs));
      this.dropped.ahead += (moments.length - believed.length) * named.length;
      const newest = believed.reduce(
        (last, moment) => (moment.timeMs >= last.timeMs ? moment : last),
        believed[0] ?? none,
      );
      if (newest === none) continue;
      for (const [at, one] of named.entries()) {
        const own = ownLabels(one, this.#taken);
        if (own === undefined) {
          this.dropped.name += 1;
          continue;
        }
        const value = newest.values[at] ?? null;
        const series = { family: { name: one.name, type: one.type }, labels: labelText(own) };
        found.set(`${one.name}{${series.labels}`, {
          series,
          value: value ?? 0,
          timeMs: value === null ? 0 : newest.timeMs,
        });
      }
    }
    return [...found.values()];
  }
}

const none = { timeMs: 0, values: [] };

/** Three of its intervals: from one delivery to the next, or what one spans. */
function staleAfter(blocks: readonly MetricBlock[], sinceLastMs: number): number {
  const times = blocks.flatMap(({ moments }) => moments.map(({ timeMs }) => timeMs));
  const spanMs = times.reduce((a, b) => Math.max(a, b), 0) - times.reduce((a, b) => Math.min(a, b), Infinity);
  return Math.min(mostStaleMs, Math.max(leastStaleMs, 3 * Math.max(spanMs, sinceLastMs)));
}
