/**
 * What this clone saw first, and when: a stage on main, a device's newest word. A clone that is made anew for each run has seen
 * nothing before: then the file's own `since` counts, and the devices' clocks.
 */
import { fieldsOf } from '../../core/json.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { KeptFile } from '../desk/kept-file.ts';

interface Seen {
  readonly what: string;
  /** Milliseconds since the epoch; undefined: it was there before anybody looked. */
  readonly atMs: number | undefined;
}

export class Sightings {
  readonly #file: KeptFile;
  readonly #nowMs: number;
  readonly #before: ReadonlyMap<string, unknown>;
  readonly #now = new Map<string, Seen>();

  static async open(gitDirectory: string, nowMs: number): Promise<Sightings> {
    const file = new KeptFile(gitDirectory, 'rollout-sightings');
    return new Sightings(file, nowMs, await file.read());
  }

  private constructor(file: KeptFile, nowMs: number, before: ReadonlyMap<string, unknown>) {
    this.#file = file;
    this.#nowMs = nowMs;
    this.#before = before;
  }

  /** @param stage `app/name 2` @returns when it was on main for the first time; undefined: before the first look */
  stageMs(stage: string): number | undefined {
    return this.#see(`stage ${stage}`, '');
  }

  /** @returns when a device's word came, at the latest; undefined: before the first look */
  arrivedMs(device: string, tip: ObjectId): number | undefined {
    return this.#see(`device ${device}`, tip);
  }

  #see(key: string, what: string): number | undefined {
    const old = fieldsOf(this.#before.get(key));
    const isSame = old.what === what;
    const oldMs = typeof old.atMs === 'number' && old.atMs <= this.#nowMs ? old.atMs : undefined;
    const atMs = isSame ? oldMs : this.#before.size === 0 ? undefined : this.#nowMs;
    this.#now.set(key, { what, atMs });
    return atMs;
  }

  /** What was not asked for is forgotten. */
  async write(): Promise<void> {
    await this.#file.write(this.#now);
  }
}
