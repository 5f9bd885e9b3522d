/**
 * When telemetry was received, by the gateway's own clock: now and then the tips of all branches are written down under
 * the time. What a tip reaches was there at that time at the latest.
 */
import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

/** A million tips. */
const maxBytes = 41 * 1024 * 1024;

export class ReceivedTips {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param timeMs since the epoch. */
  async note(tips: readonly ObjectId[], timeMs: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // What a clock that was ahead has noted would be taken for the newest in its year, and cut nothing until then.
    for (const time of await this.#times()) if (time > timeMs) await unlink(join(this.#folder, String(time)));
    await writeDurably(join(this.#folder, String(Math.floor(timeMs))), `${tips.join('\n')}\n`);
  }

  async #times(): Promise<number[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter(name => /^[0-9]{1,15}$/.test(name)).map(Number);
  }

  /**
   * The newest tips written down at this time or before. Notes older than those are removed: nobody asks for them again.
   * @returns nothing when there is no such note.
   */
  async before(timeMs: number): Promise<ObjectId[]> {
    const times = (await this.#times()).filter(time => time <= timeMs);
    const [newest, ...older] = times.sort((a, b) => b - a);
    if (newest === undefined) return [];
    for (const time of older) await unlink(join(this.#folder, String(time)));
    const text = Buffer.from((await readBounded(join(this.#folder, String(newest)), maxBytes)) ?? []);
    return text
      .toString('latin1')
      .split('\n')
      .filter(id => /^[0-9a-f]{40}$/.test(id));
  }
}
