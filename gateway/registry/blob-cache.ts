/** Blobs on the disk by their digest, within so many bytes: what was asked for longest ago goes first. */
import { mkdir, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type { Descriptor } from '../../core/images/manifest.ts';
import { makeFolderDurably, syncFolder } from '../../core/io/file/durable-file.ts';
import { Blob } from './blob.ts';

const namePattern = /^[0-9a-f]{64}$/;
/** When it was asked for is written down so often at most, milliseconds. */
const touchMs = 60_000;

export interface CacheFolder {
  readonly folder: string;
  readonly maxBytes: number;
}

interface Kept {
  readonly blob: Blob;
  touchedMs: number;
}

export class BlobCache {
  readonly #folder: string;
  readonly #incoming: string;
  readonly #maxBytes: number;
  /** By digest; the one that was asked for last is last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #count = 0;

  /** What is there from before is served again; what was not whole goes. @throws what the disk throws */
  static async open({ folder, maxBytes }: CacheFolder): Promise<BlobCache> {
    const blobs = join(folder, 'blobs');
    const incoming = join(folder, 'incoming');
    await rm(incoming, { recursive: true, force: true });
    await makeFolderDurably(blobs);
    await mkdir(incoming, { mode: 0o700 });
    const cache = new BlobCache(blobs, incoming, maxBytes);
    await cache.#find();
    return cache;
  }

  private constructor(folder: string, incoming: string, maxBytes: number) {
    this.#folder = folder;
    this.#incoming = incoming;
    this.#maxBytes = maxBytes;
  }

  /** Most of all together, bytes. */
  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** Bytes, of what is coming too. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param size where the manifest says it: a file of another length is not the one, and goes */
  find(digest: string, size?: number): Blob | undefined {
    const kept = this.#kept.get(digest);
    if (kept === undefined) return undefined;
    const { blob } = kept;
    if (blob.hasFailed || (size !== undefined && blob.isWhole && blob.size !== size)) {
      this.#remove(blob);
      return undefined;
    }
    this.#kept.delete(digest);
    this.#kept.set(digest, kept);
    const now = Date.now();
    if (blob.isWhole && now - kept.touchedMs > touchMs) {
      kept.touchedMs = now;
      utimes(blob.path, now / 1000, now / 1000).catch(() => undefined);
    }
    return blob;
  }

  /**
   * Room for a blob, which is then coming. Whoever brings it has entered it, and calls `keep` or `drop`.
   * @throws TowlineError GATEWAY_IMAGE_TOO_LARGE
   */
  begin(digest: string, size: number): { blob: Blob; incoming: string } {
    const before = this.#kept.get(digest);
    if (before !== undefined) this.#remove(before.blob);
    this.#makeRoom(size);
    const incoming = join(this.#incoming, `${digest.slice(7)}.${this.#count++}`);
    const blob = Blob.coming(digest, size, join(this.#folder, digest.slice(7)), incoming);
    this.#kept.set(digest, { blob, touchedMs: Date.now() });
    this.#bytes += size;
    return { blob, incoming };
  }

  /** It has come and fits. @throws what the disk throws */
  async keep(blob: Blob, incoming: string): Promise<void> {
    await blob.sync();
    await rename(incoming, blob.path);
    await syncFolder(this.#folder);
    blob.finish();
  }

  /**
   * Takes a file over that is whole, durable, and was compared with its digest; on the same file system.
   * @throws TowlineError GATEWAY_IMAGE_TOO_LARGE; what the disk throws
   */
  async adopt({ digest, size }: Descriptor, file: string): Promise<void> {
    const found = this.find(digest, size);
    if (found?.isWhole === true || (found !== undefined && (await hasCome(found)))) return;
    this.#makeRoom(size);
    const path = join(this.#folder, digest.slice(7));
    await rename(file, path);
    // Somebody may have asked for it meanwhile, and brings it: to the same place.
    if (!this.#kept.has(digest)) {
      this.#kept.set(digest, { blob: Blob.whole(digest, size, path), touchedMs: Date.now() });
      this.#bytes += size;
    }
    await syncFolder(this.#folder);
  }

  async drop(blob: Blob, incoming: string, error: Error): Promise<void> {
    if (this.#kept.get(blob.digest)?.blob === blob) {
      this.#kept.delete(blob.digest);
      this.#bytes -= blob.size;
    }
    blob.fail(error);
    await rm(incoming, { force: true });
  }

  #makeRoom(size: number): void {
    const idle = [...this.#kept.values()].filter(({ blob }) => blob.isWhole && !blob.isUsed);
    for (const { blob } of idle) {
      if (this.#bytes + size <= this.#maxBytes) return;
      this.#remove(blob);
    }
    if (this.#bytes + size > this.#maxBytes)
      throw new TowlineError('GATEWAY_IMAGE_TOO_LARGE', `there is no room for ${size} bytes of an image`);
  }

  #remove(blob: Blob): void {
    this.#kept.delete(blob.digest);
    this.#bytes -= blob.size;
    unlink(blob.path).catch(() => undefined);
  }

  async #find(): Promise<void> {
    const found: { name: string; size: number; usedMs: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const { size, mtimeMs } = await stat(join(this.#folder, name));
      if (namePattern.test(name)) found.push({ name, size, usedMs: mtimeMs });
    }
    for (const { name, size, usedMs } of found.sort((left, right) => left.usedMs - right.usedMs)) {
      const digest = `sha256:${name}`;
      this.#kept.set(digest, { blob: Blob.whole(digest, size, join(this.#folder, name)), touchedMs: usedMs });
      this.#bytes += size;
    }
    // It may have been made smaller since.
    const idle = [...this.#kept.values()];
    for (const { blob } of idle) if (this.#bytes > this.#maxBytes) this.#remove(blob);
  }
}

async function hasCome(blob: Blob): Promise<boolean> {
  const leave = blob.enter();
  try {
    await blob.wholly();
    return true;
  } catch {
    return false;
  } finally {
    leave();
  }
}
