/** Positions on the disk: where each log goes on after a restart. */
import { CheckedFile } from '../../../core/io/file/checked-file.ts';
import type { Reached } from '../collector.ts';
import {
  beginning,
  isContainerId,
  type LogPosition,
  type Positions,
  parsePositions,
  positionIn,
} from './position.ts';

/** A CheckedFile holds 256 KiB, and one of these may have 300 bytes. */
const maxPositions = 800;

export class KeptPositions {
  readonly #file: CheckedFile<Positions>;
  readonly #current: () => Iterable<[string, LogPosition]>;
  /** Of containers that nobody reads now. */
  #rest = new Map<string, LogPosition>();
  #beganMs = 0;
  #first = 0;
  #written = '';
  #writing: Promise<void> = Promise.resolve();

  /** @param current of those that are read: what may be written down */
  constructor(file: string, current: () => Iterable<[string, LogPosition]>) {
    this.#file = new CheckedFile(file, parsePositions);
    this.#current = current;
  }

  /**
   * What is lost or damaged begins anew. Never throws.
   * @param reached what waits in the spool says so, the newest first
   */
  async read(nowMs: number, reached: Iterable<Reached> | AsyncIterable<Reached> = []): Promise<void> {
    const found = await this.#file.read().catch(() => undefined);
    const kept = found?.kind === 'value' ? found.value : { beganMs: nowMs, containers: {} };
    this.#rest = new Map(Object.entries(kept.containers));
    this.#beganMs = Math.min(kept.beganMs, nowMs);
    // Nobody knows which numbers were given: more than any log comes to, as behind a gap of nobody knows how many lines.
    if (found?.kind === 'garbage') this.#first = nowMs * 1000;
    for await (const { container, position: told } of reached) {
      const position = positionIn(told);
      if (position === undefined || !isContainerId(container)) continue;
      // Older than what was written down, and so is all that came before it.
      if (position.sequence < (kept.containers[container]?.sequence ?? 0)) break;
      if (position.sequence > (this.#rest.get(container)?.sequence ?? 0)) this.#rest.set(container, position);
    }
  }

  /** Of a container that was there before, and of which nothing is known. */
  get unknown(): LogPosition {
    return { ...beginning, sequence: this.#first };
  }

  /** Containers that were made later are read from their beginning, milliseconds since the epoch. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** Of containers that are gone nothing is kept; a clock that was put back has made none later. */
  look(there: ReadonlySet<string>, nowMs: number): void {
    for (const id of this.#rest.keys()) if (!there.has(id)) this.#rest.delete(id);
    this.#beganMs = Math.min(this.#beganMs, nowMs);
  }

  take(container: string): LogPosition | undefined {
    const position = this.#rest.get(container);
    this.#rest.delete(container);
    return position;
  }

  /** Its log stays at home from now on. @param position where it was read up to */
  silence(container: string, position = this.#rest.get(container) ?? beginning): void {
    if (position.silent !== true || !this.#rest.has(container))
      this.#rest.set(container, { ...position, silent: true });
  }

  /** Where nothing is written of this container yet: what comes of it has its numbers from then on. */
  writeFirst(container: string): Promise<void> {
    return this.#written.includes(`"${container}"`) ? this.#writing : this.write();
  }

  /** @throws what a full disk throws */
  write(): Promise<void> {
    const next = this.#writing.then(async () => {
      const containers = Object.fromEntries([...this.#rest, ...this.#current()].slice(-maxPositions));
      const positions = { beganMs: this.#beganMs, containers };
      const written = JSON.stringify(positions);
      if (written === this.#written) return;
      await this.#file.write(positions);
      this.#written = written;
    });
    this.#writing = next.catch(() => undefined);
    return next;
  }
}
