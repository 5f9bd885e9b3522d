/**
 * Prometheus' text format 0.0.4 and OpenMetrics 1.0 as an app writes them → samples. Pure and bounded: a line that is not
 * in its form is counted, and none of it is taken. Timestamps and exemplars are passed over: a sample is of the moment in
 * which it was asked for.
 */
import type { MetricType } from '../../../../core/telemetry/record/metrics.ts';
import type { Sample } from '../series/sample.ts';
import { LineScanner } from './line-scanner.ts';

export interface Exposition {
  readonly samples: readonly Sample[];
  /** Lines that are no sample. */
  readonly malformed: number;
  /** Samples beyond what is read of one answer. */
  readonly beyond: number;
}

/** Of one answer. */
export const maxSamples = 20_000;
/** Of a line; a series has room for all its labels. */
const maxLineLength = 16 * 1024;
const maxTypes = 5_000;

export function readExposition(text: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  let [malformed, beyond] = [0, 0];
  for (const line of lines(text)) {
    if (line === '# EOF') break;
    if (line.startsWith('#')) {
      const [, name, type] =
        /^# TYPE ([^ \t]{1,255})[ \t]+([a-z]{1,20})[ \t]*$/.exec(line.slice(0, 300)) ?? [];
      if (name !== undefined && type !== undefined && types.size < maxTypes) types.set(name, type);
      continue;
    }
    if (samples.length >= maxSamples) {
      beyond += 1;
      continue;
    }
    const sample = line.length > maxLineLength ? undefined : sampleIn(line, types);
    if (sample === undefined) malformed += 1;
    else samples.push(sample);
  }
  return { samples, malformed, beyond };
}

/** Without those that are blank. */
function* lines(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    const line = text.slice(at, end).trim();
    if (line !== '') yield line;
    at = end + 1;
  }
}

function sampleIn(line: string, types: ReadonlyMap<string, string>): Sample | undefined {
  const scanner = new LineScanner(line);
  const name = scanner.metricName();
  if (name === undefined) return undefined;
  const labels = scanner.labels();
  const value = scanner.value();
  if (labels === undefined || value === undefined || !scanner.hasEnded()) return undefined;
  return { name, type: typeOf(name, types), labels, value };
}

/** Of histograms and summaries, what only grows is a counter: a sink knows no more of them. */
const growing = /_(?:bucket|count|sum|total)$/;

function typeOf(name: string, types: ReadonlyMap<string, string>): MetricType {
  const own = types.get(name);
  const family = own ?? types.get(name.replace(growing, ''));
  if (family === 'gauge' || family === 'info' || family === 'stateset') return 'gauge';
  if (family === 'counter') return 'counter';
  if (family !== 'histogram' && family !== 'summary') return 'untyped';
  // Quantiles stand under the summary's own name.
  return own === undefined && growing.test(name) ? 'counter' : 'gauge';
}
