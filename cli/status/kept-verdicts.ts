/** Reports that were checked before, by commit and the key that has signed it: neither is read or checked a second time. */
import type { Fleet } from '../../core/fleet/fleet.ts';
import { checkSchema } from '../../core/fleet/schema-check.ts';
import { fieldsOf } from '../../core/json.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { KeptFile } from '../desk/kept-file.ts';
import type { Reported } from './reports.ts';

/** So many are found faster than all are written. */
const fewVerdicts = 64;

export class KeptVerdicts {
  readonly #kept: KeptFile;
  readonly #few: number;
  readonly #entries = new Map<string, unknown>();

  /** @param few so many are found anew without being written down */
  static async open(gitDirectory: string, few = fewVerdicts): Promise<KeptVerdicts> {
    const kept = new KeptFile(gitDirectory, 'status-verdicts');
    return new KeptVerdicts(kept, await kept.read(), few);
  }

  private constructor(kept: KeptFile, entries: ReadonlyMap<string, unknown>, few: number) {
    this.#kept = kept;
    this.#few = few;
    this.#entries = new Map(entries);
  }

  /** @returns undefined where this commit was not judged, or by another key */
  of(device: string, commit: ObjectId, fleet: Fleet): Reported | undefined {
    const entry = fieldsOf(this.#entries.get(device));
    const key = keyOf(fleet, device);
    if (key === undefined || entry.commit !== commit || entry.key !== key) return undefined;
    const path = 'status.yaml';
    const { file } = checkSchema('status', {
      ...{ path, value: entry.status },
      ...{ locate: () => ({ file: path }), source: () => undefined },
    });
    const status = file?.value;
    return status?.device === device && status.fleet === fleet.name
      ? { device, commit, status, doubt: undefined }
      : undefined;
  }

  /** What its key has signed; of anything else nothing is kept. */
  async keep(reports: readonly Reported[], fleet: Fleet): Promise<void> {
    let fresh = 0;
    for (const { device, commit, status, doubt } of reports) {
      const key = keyOf(fleet, device);
      if (doubt !== undefined || status === undefined || key === undefined) continue;
      const entry = fieldsOf(this.#entries.get(device));
      if (entry.commit === commit && entry.key === key) continue;
      this.#entries.set(device, { commit, key, status });
      fresh += 1;
    }
    if (fresh <= this.#few) return;
    // Who has left the fleet takes no room.
    await this.#kept.write([...this.#entries].filter(([device]) => fleet.devices.has(device)));
  }
}

const keyOf = (fleet: Fleet, device: string) => fleet.devices.get(device)?.value.keys?.ssh;
