/**
 * Folds what all devices said last into one branch. Not per push: at most every so often, only for devices whose
 * branch moved, and never with more than half of a processor. What one device changes costs little more than that device,
 * however many there are; whatever goes through all of them lets others have their turn in between.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../core/io/clock.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { FleetView, ViewDevice } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { type DeviceRow, deviceRow } from './device-row.ts';
import type { StatusBranch } from './status-branch.ts';
import { sortRows, statusPage } from './status-page.ts';

export interface FleetStatusOptions {
  readonly view: FleetViewHolder;
  /** Tips of telemetry.git by ref, as they are now. */
  readonly refs: () => ReadonlyMap<string, ObjectId>;
  /** Objects of telemetry.git. */
  readonly source: ObjectSource;
  readonly branch: StatusBranch;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface KeptRow extends DeviceRow {
  /** What it was made of. */
  readonly made: string;
}

/** Devices read in one go, and then a pause as long as it took. */
const goSize = 32;
/** Devices only looked at in one go. */
const lookSize = 500;

export class FleetStatus {
  readonly #options: FleetStatusOptions;
  readonly #rows = new Map<string, KeptRow>();
  /** As on the page, at the last fold: sorting what is nearly sorted is quick. */
  #sorted: readonly KeptRow[] = [];
  /** Of those that have one to show. */
  readonly #blobs = new Map<string, ObjectId>();
  /** Changed since the branch was last written. */
  readonly #changed = new Set<string>();
  #read = 0;
  #commits = 0;

  constructor(options: FleetStatusOptions) {
    this.#options = options;
  }

  /** Statuses read and commits written since the start. */
  get counts(): { readonly read: number; readonly commits: number } {
    return { read: this.#read, commits: this.#commits };
  }

  /** Runs until the signal is aborted. A failure is logged and tried again the next time. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, log } = this.#options;
    while (!signal.aborted) {
      try {
        await clock.sleep(intervalMs, signal);
        await this.fold(signal);
      } catch (error) {
        if (!signal.aborted) log.error({ err: error }, 'fleet-status cannot be written');
      }
    }
  }

  /** @returns whether there was anything to write. */
  async fold(signal: AbortSignal): Promise<boolean> {
    const { view: holder, branch, clock } = this.#options;
    const view = holder.current;
    const fleet = view.fleet?.name;
    if (fleet === undefined) return false;
    await this.#readChanged(view, fleet, signal);
    const rows = this.#sort();
    await turn(undefined, { signal });
    const page = statusPage({ fleet, commit: view.commit, rows });
    const message = messageOf([...this.#changed].filter(id => this.#rows.has(id)));
    const written = await branch.write(
      { page, status: this.#blobs, changed: this.#changed, message, fleet, nowMs: clock.now() },
      signal,
    );
    this.#changed.clear();
    if (written) this.#commits += 1;
    return written;
  }

  async #readChanged(view: FleetView, fleet: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const refs = this.#options.refs();
    for (const id of this.#rows.keys()) if (!view.devices.has(id)) this.#keep(id, undefined);
    let [began, read, looked] = [clock.monotonic(), 0, 0];
    for (const device of view.devices.values()) {
      looked += 1;
      if (looked % lookSize === 0) await turn(undefined, { signal });
      const tip = refs.get(telemetryRef(device.id));
      const made = `${tip} ${device.file.keys?.ssh} ${device.file.revoked === true}`;
      if (this.#rows.get(device.id)?.made === made) continue;
      this.#keep(device.id, { ...(await this.#row(device, tip, fleet)), made });
      read += 1;
      if (read % goSize !== 0) continue;
      await clock.sleep(Math.max(1, clock.monotonic() - began), signal);
      began = clock.monotonic();
    }
  }

  /** @param row undefined: the device left the fleet. */
  #keep(id: string, row: KeptRow | undefined): void {
    this.#changed.add(id);
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    if (row?.blob === undefined) this.#blobs.delete(id);
    else this.#blobs.set(id, row.blob);
  }

  #sort(): readonly KeptRow[] {
    if (this.#changed.size === 0) return this.#sorted;
    const added = [...this.#changed].flatMap(id => this.#rows.get(id) ?? []);
    const stayed = this.#sorted.filter(({ id }) => !this.#changed.has(id));
    this.#sorted = sortRows([...stayed, ...added]);
    return this.#sorted;
  }

  async #row(device: ViewDevice, tip: ObjectId | undefined, fleet: string): Promise<DeviceRow> {
    const { id, file } = device;
    const revoked = file.revoked === true;
    if (tip === undefined) return deviceRow(id, revoked, undefined);
    this.#read += 1;
    const { source } = this.#options;
    return deviceRow(
      id,
      revoked,
      await readDeviceReport({ source, tip, device: id, fleet, sshKey: file.keys?.ssh }),
    );
  }
}

function messageOf(changed: readonly string[]): string {
  const shown = changed.slice(0, 5).join(', ');
  if (changed.length === 0) return 'The fleet changed\n';
  if (changed.length <= 5) return `Heard from ${shown}\n`;
  return `Heard from ${changed.length} devices\n\n${shown} and ${changed.length - 5} more\n`;
}
