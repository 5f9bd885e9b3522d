/** One figure at one moment. */
import type { Series } from '../../../../core/telemetry/record/metrics.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample extends Series {
  readonly value: number;
}

const none: Labels = {};

export function counter(name: string, value: number, labels: Labels = none): Sample {
  return { name, type: 'counter', labels, value };
}

export function gauge(name: string, value: number, labels: Labels = none): Sample {
  return { name, type: 'gauge', labels, value };
}

/** What names a series: two samples of one key are of one series. */
export function seriesKey({ name, labels }: Pick<Series, 'name' | 'labels'>): string {
  const names = Object.keys(labels).sort();
  return `${name}{${names.map(label => `${label}=${JSON.stringify(labels[label])}`).join(',')}}`;
}
