/**
 * Follows the telemetry branches for one sink. Not per push: at most every so often, only devices whose branch moved, and
 * never with more than half of a processor. What one device changes costs little more than that device, however many there
 * are; whatever goes through all of them lets others have their turn in between.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { FleetView, ViewDevice } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { Cursor } from './cursor.ts';
import type { ReadReport } from './device-reports.ts';
import type { Sink, TelemetryRecord } from './sink.ts';

export interface FollowerOptions {
  readonly sink: Sink;
  readonly view: FleetViewHolder;
  /** Tips of telemetry.git by ref, as they are now. */
  readonly refs: () => ReadonlyMap<string, ObjectId>;
  /** Objects of telemetry.git. */
  readonly source: ObjectSource;
  readonly read: ReadReport;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Devices read in one go, and then a pause as long as it took. */
const goSize = 32;
/** Devices only looked at in one go. */
const lookSize = 500;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #cursor = new Cursor();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Runs until the signal is aborted. A failure is logged and tried again the next time. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, log, sink } = this.#options;
    while (!signal.aborted) {
      try {
        await clock.sleep(intervalMs, signal);
        await this.follow(signal);
      } catch (error) {
        if (!signal.aborted) log.error({ err: error }, `${sink.name} cannot be written`);
      }
    }
  }

  /** Delivers what has arrived since. Nothing before the fleet is known. */
  async follow(signal: AbortSignal): Promise<void> {
    const view = this.#options.view.current;
    const fleet = view.fleet?.name;
    if (fleet === undefined) return;
    const { sink } = this.#options;
    let taken = sink.keeps === true;
    try {
      await sink.deliver(this.#arrived(view, fleet, signal), signal);
      taken = true;
    } finally {
      if (taken) this.#cursor.move();
      else this.#cursor.stay();
    }
  }

  async *#arrived(view: FleetView, fleet: string, signal: AbortSignal): AsyncGenerator<TelemetryRecord> {
    const { clock } = this.#options;
    const refs = this.#options.refs();
    const gone = [...this.#cursor.devices].filter(id => !view.devices.has(id));
    for (const device of gone) {
      this.#cursor.handOut(device, undefined);
      yield { kind: 'gone', device };
    }
    let [began, read, looked] = [clock.monotonic(), 0, 0];
    for (const device of view.devices.values()) {
      looked += 1;
      if (looked % lookSize === 0) await turn(undefined, { signal });
      const tip = refs.get(telemetryRef(device.id));
      const state = `${tip} ${device.file.keys?.ssh} ${device.file.revoked === true}`;
      if (this.#cursor.isAt(device.id, state)) continue;
      const record = await this.#record(device, tip, fleet);
      this.#cursor.handOut(device.id, state);
      yield record;
      read += 1;
      if (read % goSize !== 0) continue;
      await clock.sleep(Math.max(1, clock.monotonic() - began), signal);
      began = clock.monotonic();
    }
  }

  async #record(
    { id: device, file }: ViewDevice,
    tip: ObjectId | undefined,
    fleet: string,
  ): Promise<TelemetryRecord> {
    const revoked = file.revoked === true;
    if (tip === undefined) return { kind: 'silent', device, revoked, hasKeys: file.keys?.ssh !== undefined };
    const { source, read } = this.#options;
    const report = await read({ source, tip, device, fleet, sshKey: file.keys?.ssh });
    return { kind: 'report', device, revoked, tip, report };
  }
}
