/** Log segments that wait to be pushed: durable, bounded, the oldest dropped first and counted. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { namesIn, readBounded, removeDurably, writeDurably } from '../../core/io/file/durable-file.ts';

/** A piece of one container's log. */
export interface Segment {
  /** Where it will lie in the commit: `logs/<project>/<service>/<container>-<sequence>.log`. */
  readonly path: string;
  readonly lines: number;
  readonly bytes: Buffer;
}

export interface Lost {
  readonly logLines: number;
  readonly logBytes: number;
}

interface Entry {
  readonly file: string;
  readonly bytes: number;
  readonly lines: number;
}

/** A segment's file: number in the outbox, lines, path with `/` written as `=`. */
const fileName = /^(\d{12})-(\d+)-([\w.=-]+)$/;
const maxSegmentBytes = 4 * 1024 * 1024;

export class Outbox {
  readonly #folder: string;
  readonly #entries: Entry[];
  #next: number;

  private constructor(folder: string, entries: Entry[]) {
    this.#folder = folder;
    this.#entries = entries;
    this.#next = Number(entries.at(-1)?.file.slice(0, 12) ?? 0) + 1;
  }

  static async open(folder: string): Promise<Outbox> {
    const names = await namesIn(folder);
    const entries: Entry[] = [];
    for (const file of names.sort()) {
      const match = fileName.exec(file);
      if (match === null) await removeDurably(path.join(folder, file));
      else entries.push({ file, lines: Number(match[2]), bytes: (await stat(path.join(folder, file))).size });
    }
    return new Outbox(folder, entries);
  }

  get size(): { readonly segments: number; readonly bytes: number } {
    return {
      segments: this.#entries.length,
      bytes: this.#entries.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** @returns what had to go so that at most `maxBytes` wait */
  async add(segment: Segment, maxBytes: number): Promise<Lost> {
    const number = String(this.#next++).padStart(12, '0');
    const file = `${number}-${segment.lines}-${segment.path.replaceAll('/', '=')}`;
    await writeDurably(path.join(this.#folder, file), segment.bytes);
    this.#entries.push({ file, lines: segment.lines, bytes: segment.bytes.length });
    return this.trim(maxBytes);
  }

  async trim(maxBytes: number): Promise<Lost> {
    let logLines = 0;
    let logBytes = 0;
    while (this.size.bytes > maxBytes) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) break;
      await removeDurably(path.join(this.#folder, oldest.file));
      logLines += oldest.lines;
      logBytes += oldest.bytes;
    }
    return { logLines, logBytes };
  }

  /** The oldest segments, as many as fit into `maxBytes`; files that vanished or went bad are left out. */
  async take(maxBytes: number): Promise<{ files: Map<string, Uint8Array>; names: string[] }> {
    const files = new Map<string, Uint8Array>();
    const names: string[] = [];
    let total = 0;
    for (const { file, bytes } of this.#entries) {
      total += bytes;
      if (total > maxBytes && names.length > 0) break;
      names.push(file);
      const content = await readBounded(path.join(this.#folder, file), maxSegmentBytes).catch(
        () => undefined,
      );
      const target = fileName.exec(file)?.[3]?.replaceAll('=', '/');
      if (content !== undefined && target !== undefined) files.set(target, content);
    }
    return { files, names };
  }

  /** They were pushed. */
  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await removeDurably(path.join(this.#folder, name));
      const at = this.#entries.findIndex(({ file }) => file === name);
      if (at !== -1) this.#entries.splice(at, 1);
    }
  }
}
