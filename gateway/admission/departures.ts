/**
 * Retired devices whose last word has come: what becomes of their apps has, and they have signed that it has. From then on
 * they are strangers. Until then they are devices like any other, but for their tunnels.
 */
import { type RetiredApps, retiredApps } from '../../core/fleet/retired.ts';
import type { Log } from '../../core/log.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { ViewDevice } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export interface DeparturesOptions {
  readonly view: FleetViewHolder;
  /** Objects of telemetry.git. */
  readonly source: ObjectSource;
  readonly tip: (ref: string) => ObjectId | undefined;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Who is admitted may have changed. */
  readonly onChange: () => void;
}

export class Departures {
  readonly #options: DeparturesOptions;
  /** Device → what it last said has become of its apps. */
  readonly #said = new Map<string, RetiredApps>();
  /** Device → the tip and key that were looked at. */
  readonly #seen = new Map<string, string>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  /** Not where it has said something since that was not looked at yet. */
  has(device: ViewDevice): boolean {
    const { id, file } = device;
    const apps = retiredApps(file);
    if (apps === undefined || this.#said.get(id) !== apps) return false;
    return this.#seen.get(id) === this.#stateOf(device);
  }

  /** Resolves when what was to be looked at has been. */
  settled(): Promise<void> {
    return this.#last;
  }

  /** One at a time, and only those that are retired: all of them, or the one that has pushed. */
  look(device?: string): void {
    this.#last = this.#last.then(async () => {
      const { devices } = this.#options.view.current;
      const one = device === undefined ? undefined : devices.get(device);
      const asked = device === undefined ? devices.values() : one === undefined ? [] : [one];
      for (const each of asked) {
        if (retiredApps(each.file) !== undefined) await this.#lookAt(each);
        // Called back: what it has said, of a retirement that is over, is no last word of the next one.
        else this.#said.delete(each.id);
      }
    });
  }

  #stateOf({ id, file }: ViewDevice): string {
    return `${this.#options.tip(telemetryRef(id))} ${file.keys?.ssh}`;
  }

  async #lookAt(device: ViewDevice): Promise<void> {
    const { view, source, tip: tipOf, log, onChange } = this.#options;
    const { id, file } = device;
    const tip = tipOf(telemetryRef(id));
    const fleet = view.current.fleet?.name;
    if (tip === undefined || fleet === undefined) return;
    const sshKey = file.keys?.ssh;
    const state = this.#stateOf(device);
    if (this.#seen.get(id) === state) return;
    try {
      const before = this.has(device);
      const report = await readDeviceReport({ source, tip, device: id, fleet, sshKey });
      this.#seen.set(id, state);
      this.#said.delete(id);
      if (
        report.kind === 'said' &&
        report.status.outcome === 'retired' &&
        report.status.retired !== undefined
      )
        this.#said.set(id, report.status.retired);
      if (this.has(device) === before) return;
      log.info({ device: id }, 'a retired device has said its last word');
      onChange();
    } catch (error) {
      log.warn({ device: id, error: String(error) }, 'what a retired device said last cannot be read');
    }
  }
}
