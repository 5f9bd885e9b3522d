/**
 * Folds what all devices said last into one branch. Not per push: at most every so often, only for devices whose
 * branch moved, and never with more than half of a processor.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../core/io/clock.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/object-source.ts';
import { telemetryRef } from '../admission.ts';
import type { FleetView, ViewDevice } from '../fleet-view.ts';
import type { FleetViewHolder } from '../fleet-view-holder.ts';
import { type DeviceRow, deviceRow } from './device-row.ts';
import { readDeviceStatus } from './device-status.ts';
import type { StatusBranch } from './status-branch.ts';
import { statusPage } from './status-page.ts';

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

export class FleetStatus {
  readonly #options: FleetStatusOptions;
  readonly #rows = new Map<string, KeptRow>();
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
    const changed = await this.#readChanged(view, fleet, signal);
    const rows = [...this.#rows.values()];
    const status = new Map(rows.flatMap(({ id, blob }) => (blob === undefined ? [] : [[id, blob] as const])));
    const page = statusPage({ fleet, commit: view.commit, rows });
    const written = await branch.write(
      { page, status, message: messageOf(changed), fleet, nowMs: clock.now() },
      signal,
    );
    if (written) this.#commits += 1;
    return written;
  }

  async #readChanged(view: FleetView, fleet: string, signal: AbortSignal): Promise<string[]> {
    const { clock } = this.#options;
    const refs = this.#options.refs();
    const changed: string[] = [];
    for (const id of this.#rows.keys()) if (!view.devices.has(id)) this.#rows.delete(id);
    let began = clock.monotonic();
    for (const device of view.devices.values()) {
      const tip = refs.get(telemetryRef(device.id));
      const made = `${tip} ${device.file.keys?.ssh} ${device.file.revoked === true}`;
      if (this.#rows.get(device.id)?.made === made) continue;
      this.#rows.set(device.id, { ...(await this.#row(device, tip, fleet)), made });
      changed.push(device.id);
      if (changed.length % goSize !== 0) continue;
      await clock.sleep(Math.max(1, clock.monotonic() - began), signal);
      began = clock.monotonic();
    }
    return changed;
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
      await readDeviceStatus({ source, tip, device: id, fleet, sshKey: file.keys?.ssh }),
    );
  }
}

function messageOf(changed: readonly string[]): string {
  const shown = changed.slice(0, 5).join(', ');
  if (changed.length === 0) return 'The fleet changed\n';
  if (changed.length <= 5) return `Heard from ${shown}\n`;
  return `Heard from ${changed.length} devices\n\n${shown} and ${changed.length - 5} more\n`;
}
