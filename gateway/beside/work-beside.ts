/** What goes on beside the work: sinks are fed, and repositories kept quick and bounded. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../core/io/clock.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { Maintenance } from '../git/maintenance.ts';
import { ReceivedTips } from '../git/received-tips.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { RolloutBotOptions } from '../rollout/rollout-bot.ts';
import type { DeviceReports } from '../sinks/device-reports.ts';
import type { SinkFile } from '../sinks/open-sink.ts';
import type { RecordSinks } from '../sinks/records/record-sinks.ts';
import { Sinks, type SinksOptions } from '../sinks/sinks.ts';
import type { TelemetryStore } from '../telemetry/telemetry-store.ts';

/** What of gateway.yaml it needs. */
export interface BesideSettings {
  readonly fleet: string;
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  readonly telemetryKeepMs: number;
  readonly statusIntervalMs: number;
  readonly sinks: Readonly<Record<string, SinkFile>>;
  readonly rollout: RolloutBotOptions['rollout'] | undefined;
}

export interface BesideOptions {
  readonly settings: BesideSettings;
  readonly store: TelemetryStore;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly reports: DeviceReports;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stopped: SinksOptions['stopped'];
  readonly auditHead: NonNullable<SinksOptions['auditHead']>;
}

export interface Working {
  readonly ended: Promise<void>;
  metrics(): readonly Metric[];
}

/** Only where gateway.yaml names some: nothing of them is loaded else. @throws TowlineError GATEWAY_CONFIG_INVALID */
export async function openRecordSinks(options: BesideOptions): Promise<RecordSinks | undefined> {
  const { settings, store, ...services } = options;
  if (Object.keys(settings.sinks).length === 0) return undefined;
  const { RecordSinks } = await import('../sinks/records/record-sinks.ts');
  return await RecordSinks.open({ ...settings, ...services, refs: () => store.refs });
}

/** Runs until the signal is aborted. @returns `ended` resolves when it has ended */
export function workBeside(options: BesideOptions, signal: AbortSignal): Working {
  const { settings, store, stopped, auditHead, ...services } = options;
  const { telemetryGit, statusIntervalMs: intervalMs, telemetryKeepMs: keepMs, stateDirectory } = settings;
  const received = new ReceivedTips(join(stateDirectory, 'received'));
  const maintained = new Maintenance({ ...settings, ...services, keepMs, received, signal }).run();
  const said = { stopped, auditHead };
  const sinks = new Sinks({ ...services, ...said, telemetryGit, refs: () => store.refs, intervalMs });
  sinks.follow(signal);
  return { ended: sinks.close().then(() => maintained), metrics: () => sinks.metrics() };
}
