/** Reports that were checked before, by commit and the key that has signed it: neither is read or checked a second time. */
import type { Fleet } from '../../core/fleet/fleet.ts';
import { checkSchema } from '../../core/fleet/schema-check.ts';
import { fieldsOf } from '../../core/json.ts';
import type { Reported } from '../../core/status/reported.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { KeptFile } from '../desk/kept-file.ts';

/** Verdicts since all were written down lie beside them, up to this part of all: each time all are written takes long. */
const mostSince = 0.1;

export class KeptVerdicts {
  readonly #all: KeptFile;
  readonly #since: KeptFile;
  readonly #entries: Map<string, unknown>;
  readonly #fresh: Map<string, unknown>;

  static async open(gitDirectory: string): Promise<KeptVerdicts> {
    const all = new KeptFile(gitDirectory, 'status-verdicts');
    const since = new KeptFile(gitDirectory, 'status-verdicts-since');
    return new KeptVerdicts({ all, since }, await all.read(), await since.read());
  }

  private constructor(
    files: { readonly all: KeptFile; readonly since: KeptFile },
    entries: ReadonlyMap<string, unknown>,
    fresh: ReadonlyMap<string, unknown>,
  ) {
    this.#all = files.all;
    this.#since = files.since;
    this.#fresh = new Map(fresh);
    this.#entries = new Map([...entries, ...fresh]);
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
    let isSame = true;
    for (const { device, commit, status, doubt } of reports) {
      const key = keyOf(fleet, device);
      if (doubt !== undefined || status === undefined || key === undefined) continue;
      const entry = fieldsOf(this.#entries.get(device));
      if (entry.commit === commit && entry.key === key) continue;
      this.#entries.set(device, { commit, key, status });
      this.#fresh.set(device, { commit, key, status });
      isSame = false;
    }
    if (isSame) return;
    if (this.#fresh.size <= this.#entries.size * mostSince) return await this.#since.write(this.#fresh);
    // Who has left the fleet takes no room.
    await this.#all.write([...this.#entries].filter(([device]) => fleet.devices.has(device)));
    this.#fresh.clear();
    await this.#since.write([]);
  }
}

const keyOf = (fleet: Fleet, device: string) => fleet.devices.get(device)?.value.keys?.ssh;
