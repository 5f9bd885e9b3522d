/** What telemetry is made of, for the life of the agent. */
import type { Clock } from '../../../core/io/clock.ts';
import type { DeviceKeys } from '../../../core/io/device-keys.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import type { Log } from '../../../core/log.ts';
import type { AgentConfig } from '../../program/config.ts';
import type { Report } from '../../report/report.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { EventsCollector } from '../events/events-collector.ts';
import type { DiskSpool } from '../spool/spool.ts';

export interface TelemetryNeeds {
  readonly config: AgentConfig;
  readonly keys: DeviceKeys;
  readonly engine: Engine;
  readonly clock: Clock & { readonly unsynchronised: string | undefined };
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly version: string;
  readonly dialler: Dialler;
  /** As of the flusher. */
  readonly onMuch: () => void;
}

/** What is open for the life of the agent. */
export interface OpenTelemetry extends TelemetryNeeds {
  /** `<stateDirectory>/telemetry`. */
  readonly folder: string;
  readonly spool: DiskSpool;
  readonly report: Report;
  readonly events: EventsCollector;
  /** The agent, milliseconds since the epoch: what its first pass makes is not older than what collects of it. */
  readonly startedMs: number;
}
