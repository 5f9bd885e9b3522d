/** What a device takes of metrics: `telemetry.metrics` of fleet.yaml, groups and the device, with its defaults. */
import type { MetricsSettings as Written } from '../../../schemas/types.generated.ts';
import { parseDuration } from '../../duration.ts';

export interface MetricsSettings {
  readonly intervalMs: number;
  readonly host: boolean;
  readonly containers: boolean;
  readonly apps: boolean;
  readonly maxSeriesPerApp: number;
  readonly maxSeries: number;
}

export const metricsDefaults = {
  interval: '60s',
  host: true,
  containers: true,
  apps: true,
  maxSeriesPerApp: 200,
  maxSeries: 1000,
} as const;

/** More often costs more than it shows, milliseconds. */
const shortestIntervalMs = 10_000;

export function metricsSettings(written: Written): MetricsSettings {
  const { interval, ...given } = { ...metricsDefaults, ...written };
  return { ...given, intervalMs: Math.max(shortestIntervalMs, parseDuration(interval)) };
}
