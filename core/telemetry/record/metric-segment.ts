/** Metrics as lines of JSON, gzip: the form stands in metrics.ts. Read within bounds, since a device wrote it. */
import { gzipSync } from 'node:zlib';
import { isFields, type Fields as Json } from '../../json.ts';
import type { MetricBlock, MetricType, Moment, Series } from './metrics.ts';
import { segmentLines } from './segment.ts';

const typeNames: ReadonlySet<unknown> = new Set<MetricType>(['counter', 'gauge', 'untyped']);
/** As Prometheus allows them ("Data model"). */
const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,254}$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]{0,254}$/;
const maxSeries = 20_000;
const maxLabels = 32;
const maxLabelLength = 1024;
/** JSON has no word for these. */
const words: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
]);

export function writeMetrics(blocks: readonly MetricBlock[]): Buffer {
  const lines = blocks.flatMap(({ series, moments }) => [
    JSON.stringify({ series: series.map(({ name, type, labels }) => [name, type, labels]) }),
    ...moments.map(({ timeMs, values }) => JSON.stringify({ time: timeMs, values: values.map(written) })),
  ]);
  return gzipSync(lines.map(line => `${line}\n`).join(''));
}

function written(value: number | null): number | string | null {
  if (value === null || Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

export interface ReadMetrics {
  readonly blocks: readonly MetricBlock[];
  /** Lines that are neither series nor a moment of those. */
  readonly unreadable: number;
}

/** @throws TowlineError TELEMETRY_SEGMENT where it is no gzip, or too large */
export function readMetrics(bytes: Uint8Array): ReadMetrics {
  const blocks: { series: readonly Series[]; moments: Moment[] }[] = [];
  let open: (typeof blocks)[number] | undefined;
  let unreadable = 0;
  for (const line of segmentLines(bytes)) {
    if (line !== undefined && 'series' in line) {
      const series = seriesIn(line.series);
      // The moments of series that cannot be read are nobody's.
      open = series === undefined ? undefined : { series, moments: [] };
      if (open === undefined) unreadable += 1;
      else blocks.push(open);
      continue;
    }
    const moment = line === undefined || open === undefined ? undefined : momentIn(line, open.series.length);
    if (moment === undefined) unreadable += 1;
    else open?.moments.push(moment);
  }
  return { blocks, unreadable };
}

function seriesIn(value: unknown): readonly Series[] | undefined {
  if (!Array.isArray(value) || value.length > maxSeries) return undefined;
  const series = value.map(oneSeries);
  return series.every(each => each !== undefined) ? series : undefined;
}

function oneSeries(value: unknown): Series | undefined {
  if (!Array.isArray(value)) return undefined;
  const [name, type, labels]: unknown[] = value;
  if (typeof name !== 'string' || !metricName.test(name) || !isMetricType(type)) return undefined;
  if (!isFields(labels)) return undefined;
  const entries = Object.entries(labels);
  if (entries.length > maxLabels || !entries.every(isLabel)) return undefined;
  return { name, type, labels: Object.fromEntries(entries.filter(isLabel)) };
}

function isMetricType(value: unknown): value is MetricType {
  return typeNames.has(value);
}

function isLabel(entry: [string, unknown]): entry is [string, string] {
  const [name, value] = entry;
  return labelName.test(name) && typeof value === 'string' && value.length <= maxLabelLength;
}

function momentIn({ time, values }: Json, count: number): Moment | undefined {
  if (typeof time !== 'number' || !Number.isSafeInteger(time) || time < 0) return undefined;
  if (!Array.isArray(values) || values.length !== count) return undefined;
  return { timeMs: time, values: values.map(numberIn) };
}

function numberIn(value: unknown): number | null {
  return typeof value === 'number' ? value : (words.get(value) ?? null);
}
