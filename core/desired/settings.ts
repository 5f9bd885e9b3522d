/** Settings with their defaults applied. */
import type { Update } from '../../schemas/types.generated.ts';
import { parseDuration } from '../duration.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import type { GatewayAddress } from '../fleet/gateway-address.ts';
import type { MergedDevice } from '../fleet/merge.ts';
import { defaults } from '../fleet/setting-defaults.ts';
import { parseSize } from '../fleet/size.ts';
import { metricsSettings } from '../telemetry/settings/metrics-settings.ts';
import type { DeviceSettings, UpdateSettings } from './state.ts';

export function deviceSettings({ fleet }: DeviceLayers, merged: MergedDevice): DeviceSettings {
  const { poll, telemetry, freshness } = fleet.value;
  return {
    pollSchedule: poll?.schedule ?? defaults.pollSchedule,
    pollJitterMs: parseDuration(poll?.jitter ?? defaults.pollJitter),
    telemetrySchedule: telemetry?.schedule ?? defaults.telemetrySchedule,
    telemetryMaxBytesPerDay: parseSize(telemetry?.maxBytesPerDay ?? defaults.telemetryMaxBytesPerDay),
    telemetryMaxOutboxBytes: parseSize(telemetry?.maxOutboxBytes ?? defaults.telemetryMaxOutboxBytes),
    telemetryLogs: telemetry?.logs ?? true,
    metrics: metricsSettings(merged.metrics),
    requires: merged.requires,
    ...imageSettings(merged),
    freshnessMaxAgeMs: freshness === undefined ? undefined : parseDuration(freshness.maxAge),
    ...(freshness?.offline === undefined
      ? {}
      : { freshnessOfflineMaxAgeMs: parseDuration(freshness.offline.maxAge) }),
    paused: merged.paused,
    windows: merged.windows.map(({ kind, start, duration, timeZone }) => ({
      ...(kind === 'download' ? { kind } : {}),
      start,
      durationMs: parseDuration(duration),
      timeZone,
    })),
    downloadJitterMs: parseDuration(merged.images.jitter ?? defaults.downloadJitter),
  };
}

function imageSettings({ images }: MergedDevice): Pick<DeviceSettings, 'images'> {
  const { throughGateway = [], maxRate } = images;
  // The parts of an agent always come through the gateway, and at this rate.
  if (throughGateway.length === 0 && maxRate === undefined) return {};
  return { images: { throughGateway, maxRateBytes: maxRate === undefined ? undefined : parseSize(maxRate) } };
}

/** The settings that fleet.yaml gives, as JSON pointers into it; the others are defaults. */
export function settingsProvenance({ fleet }: DeviceLayers): Map<string, string> {
  const pointers = ['/gateways'];
  for (const section of ['poll', 'telemetry', 'tunnels', 'freshness'] as const) {
    for (const key of Object.keys(fleet.value[section] ?? {})) {
      // Groups and devices say something of these, too.
      if (key !== 'metrics') pointers.push(`/${section}/${key}`);
    }
  }
  return new Map(pointers.map(pointer => [pointer, fleet.path]));
}

/** @param wide the app's own file; what is narrower wins key by key */
export function updateSettings(wide: Update | undefined, narrow: Update): UpdateSettings {
  const update = { ...wide, ...narrow };
  return {
    strategy: update.strategy ?? defaults.strategy,
    healthTimeoutMs: parseDuration(update.healthTimeout ?? defaults.healthTimeout),
    stablePeriodMs: parseDuration(update.stablePeriod ?? defaults.stablePeriod),
    ...(update.services === undefined ? {} : { services: [...update.services].sort() }),
    ...(update.lockFile === undefined ? {} : { lockFile: update.lockFile }),
  };
}

export function gatewayAddresses({ fleet }: DeviceLayers): GatewayAddress[] {
  return fleet.value.gateways.map(({ address, tlsPins, sshHostKeys = [] }) => ({
    address,
    tlsPins,
    sshHostKeys,
  }));
}
