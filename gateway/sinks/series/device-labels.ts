/** What each series of a device bears beside its own labels: whose it is, and what the fleet says of that device. */
import type { Origin } from '../delivery.ts';

export type Label = readonly [name: string, value: string];

/** cAdvisor's `device` is a disk. */
export const deviceLabel = 'device_id';
/** Characters. What is longer is no label that a person looks for. */
const maxValueLength = 256;

/**
 * A name as Prometheus allows it ("Data model"): what else a fleet's label may hold is `_`. What begins with two of them
 * is Prometheus' own.
 */
export function labelName(name: string): string {
  const plain = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^__+/, '_');
  return /^[0-9]/.test(plain) || plain === '' ? `_${plain}` : plain;
}

export class DeviceLabels {
  /** The fleet's name by the one that is shown. */
  readonly #shown = new Map<string, string>();
  /** Names that no series of a device may have for its own. */
  readonly taken: ReadonlySet<string>;

  /** @param names labels of the fleet; of two that come to the same name, the first. */
  constructor(names: readonly string[]) {
    for (const name of names) {
      const shown = labelName(name);
      if (shown !== deviceLabel && !this.#shown.has(shown)) this.#shown.set(shown, name);
    }
    this.taken = new Set([deviceLabel, ...this.#shown.keys()]);
  }

  /** Those that this device has: `device_id` always, no empty ones. In the order of their names. */
  of({ device, labels }: Pick<Origin, 'device' | 'labels'>): readonly Label[] {
    const found: Label[] = [[deviceLabel, device]];
    for (const [shown, name] of this.#shown) {
      const value = labels[name]?.slice(0, maxValueLength).toWellFormed();
      if (value !== undefined && value !== '') found.push([shown, value]);
    }
    return found.sort(byName);
  }
}

export function byName([a]: Label, [b]: Label): number {
  return a < b ? -1 : Number(a > b);
}
