/**
 * Which keys may have signed what a device says: the one that the fleet names for it, and those that the fleet named before,
 * for as long as commits of theirs may wait. An id that left the fleet and comes back has no earlier keys: it is another device.
 */
import { join } from 'node:path';
import { messageOf } from '../../../core/errors/cause.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { readBounded, writeDurably } from '../../../core/io/file/durable-file.ts';
import { fieldsOf, isFields, readFields } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';

interface Known {
  readonly key: string;
  readonly earlier: readonly { readonly key: string; readonly untilMs: number }[];
}

export interface DeviceKeysOptions {
  /** `sinks` below the state directory. */
  readonly folder: string;
  /** How long telemetry is kept. */
  readonly keepMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** With a dot: no sink's folder beside it can be called so. */
const fileName = 'keys.json';
/** Fifty thousand devices. */
const maxBytes = 64 * 1024 * 1024;
const maxEarlier = 3;

export class DeviceKeys {
  readonly #options: DeviceKeysOptions;
  readonly #known: Map<string, Known>;
  #writing: Promise<void> = Promise.resolve();

  static async open(options: DeviceKeysOptions): Promise<DeviceKeys> {
    const bytes = await readBounded(join(options.folder, fileName), maxBytes).catch(() => undefined);
    return new DeviceKeys(options, new Map(bytes === undefined ? [] : knownIn(bytes.toString('utf8'))));
  }

  private constructor(options: DeviceKeysOptions, known: Map<string, Known>) {
    this.#options = options;
    this.#known = known;
  }

  /** The present one first. */
  of(device: string): readonly string[] {
    const known = this.#known.get(device);
    if (known === undefined) return [];
    const nowMs = this.#options.clock.now();
    return [known.key, ...known.earlier.flatMap(({ key, untilMs }) => (untilMs > nowMs ? [key] : []))];
  }

  /** A view that has become current. */
  take(view: FleetView): void {
    if (view.fleet === undefined) return;
    let isChanged = false;
    for (const device of this.#known.keys()) {
      if (view.devices.get(device)?.file.keys !== undefined) continue;
      this.#known.delete(device);
      isChanged = true;
    }
    for (const { id, file } of view.devices.values()) {
      const key = file.keys?.ssh;
      const known = this.#known.get(id);
      if (key === undefined || known?.key === key) continue;
      this.#known.set(id, { key, earlier: this.#earlierOf(known, key) });
      isChanged = true;
    }
    if (isChanged) this.#write();
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  #earlierOf(known: Known | undefined, key: string): Known['earlier'] {
    if (known === undefined) return [];
    const { clock, keepMs } = this.#options;
    const all = [{ key: known.key, untilMs: clock.now() + keepMs }, ...known.earlier];
    return all.filter(earlier => earlier.key !== key && earlier.untilMs > clock.now()).slice(0, maxEarlier);
  }

  /** Those of several views go together. */
  #write(): void {
    const { folder, log } = this.#options;
    const write = async () => {
      const text = JSON.stringify(Object.fromEntries(this.#known));
      await writeDurably(join(folder, fileName), `${text}\n`);
    };
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      log.error({ error: messageOf(error) }, 'earlier keys of devices cannot be written down');
    });
  }
}

function* knownIn(text: string): Generator<[string, Known]> {
  let fields: ReturnType<typeof readFields>;
  try {
    fields = readFields(text);
  } catch {
    return;
  }
  for (const [device, value] of Object.entries(fields)) {
    const { key, earlier } = fieldsOf(value);
    if (typeof key !== 'string') continue;
    const list: readonly unknown[] = Array.isArray(earlier) ? earlier : [];
    const keys = list.flatMap(entry =>
      isFields(entry) && typeof entry.key === 'string' && typeof entry.untilMs === 'number'
        ? [{ key: entry.key, untilMs: entry.untilMs }]
        : [],
    );
    yield [device, { key, earlier: keys }];
  }
}
