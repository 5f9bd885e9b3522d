/** A device's merged values, one by one, each with the file that gave it. */

import { formatDuration } from '../duration.ts';
import { pointerOf } from '../fleet/json-pointer.ts';
import { formatSize } from '../fleet/size.ts';
import { isFields } from '../json.ts';
import type { MetricsSettings } from '../telemetry/settings/metrics-settings.ts';
import type { DesiredResult } from './desired-state.ts';
import type { DesiredProject, DesiredState } from './state.ts';

export interface EffectiveValue {
  readonly pointer: string;
  readonly value: unknown;
  /** A file of the repository, or `(default)`, or `(towline)`. */
  readonly from: string;
}

/** Values that stay whole: a list or a tunnel target is read as one. */
function flatten(
  value: unknown,
  path: readonly string[],
  add: (pointer: string, value: unknown) => void,
): void {
  if (!isFields(value)) {
    if (value !== undefined) add(pointerOf(path), value);
    return;
  }
  for (const [key, item] of Object.entries(value)) flatten(item, [...path, key], add);
}

function originOf(pointer: string, provenance: ReadonlyMap<string, string>): string {
  for (let rest = pointer; rest !== ''; rest = rest.slice(0, rest.lastIndexOf('/'))) {
    const from = provenance.get(rest);
    if (from !== undefined) return from;
  }
  return /\/variables\/TOWLINE_/.test(pointer) ? '(towline)' : '(default)';
}

function updateOf(
  project: DesiredProject | undefined,
): Record<string, string | readonly string[] | undefined> | undefined {
  if (project === undefined) return undefined;
  const { strategy, services, healthTimeoutMs, stablePeriodMs, lockFile } = project.update;
  const [healthTimeout, stablePeriod] = [healthTimeoutMs, stablePeriodMs].map(formatDuration);
  return { strategy, services, healthTimeout, stablePeriod, lockFile };
}

function offlineOf({ freshnessOfflineMaxAgeMs: age }: DesiredState['settings']): object {
  return age === undefined ? {} : { offline: { maxAge: formatDuration(age) } };
}

function metricsOf({ intervalMs, ...settings }: MetricsSettings): Record<string, string | number | boolean> {
  return { interval: formatDuration(intervalMs), ...settings };
}

/** @param result of `desiredState`, without problems */
export function effectiveValues({ state, merged, access, environments }: DesiredResult): EffectiveValue[] {
  if (state === undefined || merged === undefined) return [];
  const { settings } = state;
  const apps = merged.apps.map(app => {
    const project = state.projects.find(candidate => candidate.app === app.app);
    const { release, next, profiles, retry } = app;
    return [
      app.app,
      {
        release,
        next,
        profiles,
        retry,
        paused: app.paused,
        variables: environments?.get(app.app),
        update: updateOf(project),
      },
    ] as const;
  });
  const { untilMs, maxDurationMs, ...tunnel } = state.tunnel;
  const until = untilMs === undefined ? undefined : new Date(untilMs).toISOString();
  const age = settings.freshnessMaxAgeMs;
  const values: EffectiveValue[] = [];
  const document = {
    labels: Object.fromEntries(merged.labels),
    apps: Object.fromEntries(apps),
    tunnel: { ...tunnel, until },
    access,
    tunnels: { maxDuration: formatDuration(maxDurationMs) },
    paused: settings.paused,
    windows: merged.windows,
    engine: merged.engine,
    poll: { schedule: settings.pollSchedule, jitter: formatDuration(settings.pollJitterMs) },
    telemetry: {
      schedule: settings.telemetrySchedule,
      maxBytesPerDay: formatSize(settings.telemetryMaxBytesPerDay),
      maxOutboxBytes: formatSize(settings.telemetryMaxOutboxBytes),
      logs: settings.telemetryLogs,
      metrics: metricsOf(settings.metrics),
    },
    requires: settings.requires,
    freshness: age === undefined ? {} : { maxAge: formatDuration(age), ...offlineOf(settings) },
    gateways: state.gateways.map(({ address }) => address),
  };
  flatten(document, [], (pointer, value) =>
    values.push({ pointer, value, from: originOf(pointer, state.provenance) }),
  );
  return values;
}
