/**
 * When the gateway first saw each tunnel open: one without `until` ends a fixed time after that. Kept across
 * restarts, so that restarting the gateway prolongs nothing.
 */

import type { Clock } from '../../core/io/clock.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { readFields } from '../../core/json.ts';

const maxBytes = 16 * 1024 * 1024;

export class TunnelStarts {
  readonly #path: string;
  readonly #clock: Clock;
  #starts: ReadonlyMap<string, number> | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** @param open devices whose tunnel is open now. @returns since when, milliseconds since the epoch. */
  async use(open: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const before = this.#starts ?? (await this.#read());
    const now = this.#clock.now();
    // A start in the future was noted by a clock that was ahead: the tunnel would last until then.
    const starts = new Map(open.map(id => [id, Math.min(before.get(id) ?? now, now)]));
    const same = starts.size === before.size && open.every(id => before.get(id) === starts.get(id));
    if (!same) await writeDurably(this.#path, `${JSON.stringify(Object.fromEntries(starts))}\n`);
    this.#starts = starts;
    return starts;
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    try {
      const text = (await readBounded(this.#path, maxBytes))?.toString('utf8') ?? '{}';
      const entries = Object.entries(readFields(text));
      return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
    } catch {
      // Damaged: every open tunnel gets its time anew, once. Refusing to start would close them all.
      return new Map();
    }
  }
}
