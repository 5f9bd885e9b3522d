/**
 * What the commit pins that a device's signed status trusts: a device that is behind main pulls again what it runs. Only a
 * commit of the gateway's own line counts, else a device could name a draft.
 */

import type { PinnedImage } from '../../core/images/digest.ts';
import type { Log } from '../../core/log.ts';
import { assignedImagesAt } from '../../core/rollout/assigned-images.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { ViewDevice } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export interface StatusImagesOptions {
  readonly view: FleetViewHolder;
  /** Objects of fleet.git, of telemetry.git. */
  readonly fleet: ObjectSource;
  readonly telemetry: ObjectSource;
  readonly tip: (ref: string) => ObjectId | undefined;
  /** The first parents of the trusted commit, and itself. */
  readonly line: { follow(commit: ObjectId): Promise<boolean>; has(commit: ObjectId): boolean };
  readonly log: Pick<Log, 'warn'>;
}

interface Seen {
  readonly state: string;
  readonly images: Promise<readonly PinnedImage[]>;
}

const maxSeen = 20_000;

export class StatusImages {
  readonly #options: StatusImagesOptions;
  readonly #seen = new Map<string, Seen>();
  #following: Promise<unknown> = Promise.resolve();

  constructor(options: StatusImagesOptions) {
    this.#options = options;
  }

  /** None where its status cannot be read, or trusts what is not on the line. */
  of(device: ViewDevice): Promise<readonly PinnedImage[]> {
    const { view, tip } = this.#options;
    // A device gets its word read once; so a file of another key, or a main that now has the commit, is looked at again.
    const state = `${tip(telemetryRef(device.id))} ${device.file.keys?.ssh} ${view.current.commit}`;
    const seen = this.#seen.get(device.id);
    if (seen?.state === state) return seen.images;
    const images = this.#read(device).catch(error => {
      this.#options.log.warn(
        { device: device.id, error: String(error) },
        'what a device trusts cannot be read',
      );
      this.#seen.delete(device.id);
      return [];
    });
    if (this.#seen.size >= maxSeen) this.#seen.clear();
    this.#seen.set(device.id, { state, images });
    return images;
  }

  async #read({ id, file }: ViewDevice): Promise<readonly PinnedImage[]> {
    const { view, fleet, telemetry, tip: tipOf, line } = this.#options;
    const { current } = view;
    const tip = tipOf(telemetryRef(id));
    const name = current.fleet?.name;
    if (tip === undefined || name === undefined) return [];
    const question = { source: telemetry, tip, device: id, fleet: name, sshKey: file.keys?.ssh };
    const report = await readDeviceReport(question);
    if (report.kind !== 'said') return [];
    const { commit } = report.status.trusted;
    if (commit === current.commit) return [];
    this.#following = this.#following.then(() => line.follow(current.commit)).catch(() => undefined);
    await this.#following;
    return line.has(commit) ? await assignedImagesAt({ reader: new ObjectReader(fleet), commit, id }) : [];
  }
}
