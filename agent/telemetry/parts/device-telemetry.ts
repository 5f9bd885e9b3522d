/**
 * What this device says of itself. What a pass needs is there from the start: the report, the spool, an ear for the engine's
 * events. What collects and what flushes is loaded when the first pass has ended.
 */
import path from 'node:path';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { Report } from '../../report/report.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Scene } from '../collector.ts';
import { EventsCollector } from '../events/events-collector.ts';
import type { LogCollector } from '../logs/log-collector.ts';
import { DiskSpool } from '../spool/spool.ts';
import type { OpenTelemetry, TelemetryNeeds } from './open-telemetry.ts';
import type { TelemetryParts } from './telemetry-parts.ts';

export class DeviceTelemetry {
  readonly #open: OpenTelemetry;
  readonly #first = Promise.withResolvers<Scene>();
  #parts: TelemetryParts | undefined;
  #logs: LogCollector | undefined;
  #scene: Scene | undefined;

  private constructor(open: OpenTelemetry) {
    this.#open = open;
  }

  /** What it remembers may be lost; it never stops the agent. */
  static async open(needs: TelemetryNeeds): Promise<DeviceTelemetry> {
    const { config, clock, keys, dialler } = needs;
    const { stateDirectory, fleet, device } = config;
    const folder = path.join(stateDirectory, 'telemetry');
    const spool = await DiskSpool.open({ folder, clock });
    const key = sshKeyOf(keys);
    const reports = path.join(stateDirectory, 'report');
    const report = await Report.open({ folder: reports, fleet, device, key, dialler, clock, spool });
    const events = await EventsCollector.open({ folder, device, clock, said: report.last.projects });
    return new DeviceTelemetry({ ...needs, folder, spool, report, events, startedMs: clock.now() });
  }

  get report(): Report {
    return this.#open.report;
  }

  /** Hears the engine's events. */
  get ear(): EventsCollector {
    return this.#open.events;
  }

  /** What a pass has found; undefined: the device is retired. */
  look(scene: Scene | undefined): void {
    this.#scene = scene;
    this.#parts?.look(scene);
    if (scene !== undefined) this.#first.resolve(scene);
  }

  /** What is held in memory goes into the spool. Never throws. */
  async settle(): Promise<void> {
    await this.#parts?.settle();
  }

  /** What waits, as it was at the last pass, in commits that are kept. @throws TowlineError AGENT_CONTROL */
  async exportStatus(): ReturnType<Report['export']> {
    await this.settle();
    return await this.report.export();
  }

  /** A container is about to be removed: waits until what it has said is read. Never throws. */
  async drained(container: string, signal: AbortSignal): Promise<void> {
    await this.#logs?.drained(container, signal);
  }

  /** Until it is aborted. Never throws for what can go wrong on a device. */
  async run(runtime: Runtime, signal: AbortSignal): Promise<void> {
    const stopped = new Promise<undefined>(resolve => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    if ((await Promise.race([this.#first.promise, stopped])) === undefined) return;
    const { TelemetryParts, collectorsOf } = await import('./telemetry-parts.ts');
    const { all, logs } = collectorsOf(this.#open, runtime);
    this.#logs = logs;
    this.#parts = new TelemetryParts(this.#open, all);
    this.#parts.look(this.#scene);
    await this.#parts.run(signal);
  }
}
