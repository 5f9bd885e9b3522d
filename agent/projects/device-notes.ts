/** What is remembered of the device as a whole: its tunnel's first opening, a hold, the images it needed, what comes ahead. */
import { type NotedOpening, notedOpening } from '../../core/access/tunnel-end.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import type { Notebook } from './notebook.ts';

const imageNoteMs = 60 * 60_000;

export interface StoredDevice {
  readonly tunnel?: NotedOpening;
  readonly holdUntilMs?: number;
  /** Reference → when a state here last needed it, milliseconds since the epoch. */
  readonly images?: Readonly<Record<string, number>>;
  /** Reference → the engine's id, of those that came through the gateway: the engine does not know them by it. */
  readonly imageIds?: Readonly<Record<string, string>>;
  /** What comes ahead, by `downloadKey` → when it was first seen here, milliseconds since the epoch. */
  readonly downloads?: Readonly<Record<string, number>>;
}

/** A person's hold and the pass that runs write the same file: each change is made to what the one before has left. */
export class DeviceNotes {
  readonly #file: string;
  readonly #notebook: Notebook;
  #now: StoredDevice;

  constructor(file: string, notebook: Notebook, stored: StoredDevice) {
    this.#file = file;
    this.#notebook = notebook;
    this.#now = stored;
  }

  get now(): StoredDevice {
    return this.#now;
  }

  noteTunnel(tunnel: DesiredTunnel, nowMs: number): Promise<void> {
    return this.#change(before => {
      const noted = tunnel.state === 'closed' ? undefined : notedOpening(tunnel, before.tunnel, nowMs);
      if (noted === before.tunnel) return before;
      const { tunnel: _tunnel, ...rest } = before;
      return noted === undefined ? rest : { ...rest, tunnel: noted };
    });
  }

  hold(untilMs: number | undefined): Promise<void> {
    return this.#change(({ holdUntilMs: _before, ...rest }) =>
      untilMs === undefined ? rest : { ...rest, holdUntilMs: untilMs },
    );
  }

  noteImages(needed: Iterable<string>, removed: Iterable<string>, nowMs: number): Promise<void> {
    return this.#change(before => {
      const images = new Map(Object.entries(before.images ?? {}));
      const size = images.size;
      for (const reference of removed) images.delete(reference);
      let changed = images.size !== size;
      // Else what nothing needs any more would stay until the year of a clock that was ahead.
      for (const [reference, ms] of images) {
        if (ms - nowMs < imageNoteMs) continue;
        images.set(reference, nowMs);
        changed = true;
      }
      for (const reference of needed) {
        if (nowMs - (images.get(reference) ?? Number.NEGATIVE_INFINITY) < imageNoteMs) continue;
        images.set(reference, nowMs);
        changed = true;
      }
      if (!changed) return before;
      const ids = Object.entries(before.imageIds ?? {}).filter(([reference]) => images.has(reference));
      const { imageIds: _before, ...rest } = before;
      const kept = ids.length === 0 ? {} : { imageIds: Object.fromEntries(ids) };
      return { ...rest, ...kept, images: Object.fromEntries(images) };
    });
  }

  /** @param seen all of them: what is not among them is forgotten, and would be new */
  noteDownloads(seen: ReadonlyMap<string, number>): Promise<void> {
    return this.#change(before => {
      const known = before.downloads ?? {};
      const isSame = Object.keys(known).length === seen.size;
      if (isSame && [...seen].every(([key, ms]) => known[key] === ms)) return before;
      const { downloads: _before, ...rest } = before;
      return seen.size === 0 ? rest : { ...rest, downloads: Object.fromEntries(seen) };
    });
  }

  noteImageId(reference: string, id: string, nowMs: number): Promise<void> {
    return this.#change(before => ({
      ...before,
      images: { ...before.images, [reference]: before.images?.[reference] ?? nowMs },
      imageIds: { ...before.imageIds, [reference]: id },
    }));
  }

  #change(change: (before: StoredDevice) => StoredDevice): Promise<void> {
    return this.#notebook.alone(async () => {
      const next = change(this.#now);
      if (next === this.#now) return;
      await this.#notebook.write(this.#file, () => writeDurably(this.#file, JSON.stringify(next)));
      this.#now = next;
    });
  }
}
