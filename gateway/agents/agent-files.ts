/** Parts of agents on the disk by their hash: hashed as they come, and once more before the first of each run is sent. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ListedFile } from '../../core/agents/listed-files.ts';
import { TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { makeFolderDurably, syncFolder } from '../../core/io/file/durable-file.ts';
import { Blob } from '../registry/blob.ts';

const namePattern = /^[0-9a-f]{64}$/;

interface Kept {
  readonly blob: Blob;
  /** Whether it is what its name says; asked when somebody first wants it. */
  sound?: Promise<boolean>;
}

export class AgentFiles {
  readonly #folder: string;
  readonly #incoming: string;
  readonly #kept = new Map<string, Kept>();
  #count = 0;

  /** @throws what the disk throws */
  static async open(folder: string): Promise<AgentFiles> {
    const incoming = join(folder, 'incoming');
    await rm(incoming, { recursive: true, force: true });
    await makeFolderDurably(incoming);
    const files = new AgentFiles(folder, incoming);
    for (const name of await readdir(folder)) {
      if (!namePattern.test(name)) continue;
      const { size } = await stat(join(folder, name));
      files.#kept.set(name, { blob: Blob.whole(`sha256:${name}`, size, join(folder, name)) });
    }
    return files;
  }

  private constructor(folder: string, incoming: string) {
    this.#folder = folder;
    this.#incoming = incoming;
  }

  get bytes(): number {
    return [...this.#kept.values()].reduce((sum, { blob }) => sum + blob.size, 0);
  }

  /** By its name and length: what it holds is looked at when somebody wants it. */
  has({ sha256, bytes }: ListedFile): boolean {
    return this.#kept.get(sha256)?.blob.size === bytes;
  }

  /** @returns undefined: it is not here, or not as it must be; then it goes */
  async find(file: ListedFile): Promise<Blob | undefined> {
    const kept = this.#kept.get(file.sha256);
    if (kept === undefined) return undefined;
    const there = await stat(kept.blob.path).catch(() => undefined);
    if (kept.blob.size === file.bytes && there?.size === file.bytes) {
      kept.sound ??= isSound(kept.blob.path, file.sha256);
      if (await kept.sound) return kept.blob;
    }
    if (this.#kept.get(file.sha256) === kept) await this.#remove(file.sha256);
    return undefined;
  }

  /**
   * Durable when it returns. @throws TowlineError AGENT_PART_DIFFERS, GATEWAY_DISK_FULL; the signal's reason; what `pieces` throws
   */
  async take(file: ListedFile, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const { sha256 } = file;
    this.#count += 1;
    const incoming = join(this.#incoming, `${sha256}.${this.#count}`);
    const path = join(this.#folder, sha256);
    try {
      await this.#write(incoming, file, pieces, signal);
      await rename(incoming, path);
      await syncFolder(this.#folder);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw new TowlineError('GATEWAY_DISK_FULL', `no room for ${file.bytes} bytes`, { cause: error });
    } finally {
      await rm(incoming, { force: true });
    }
    const blob = Blob.whole(`sha256:${sha256}`, file.bytes, path);
    this.#kept.set(sha256, { blob, sound: Promise.resolve(true) });
  }

  /** What is listed no more goes; who is being sent it gets it to its end. */
  async keepOnly(listed: { has(sha256: string): boolean }): Promise<readonly string[]> {
    const gone = [...this.#kept.keys()].filter(sha256 => !listed.has(sha256));
    for (const sha256 of gone) await this.#remove(sha256);
    return gone;
  }

  async #write(
    incoming: string,
    { sha256, bytes }: ListedFile,
    pieces: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const hash = createHash('sha256');
    await using handle = await open(incoming, 'wx', 0o600);
    let come = 0;
    for await (const piece of heard(pieces, signal)) {
      come += piece.length;
      if (come > bytes) break;
      hash.update(piece);
      await handle.writeFile(piece);
    }
    signal.throwIfAborted();
    const found = hash.digest('hex');
    if (come !== bytes || found !== sha256)
      throw new TowlineError('AGENT_PART_DIFFERS', `${sha256}: ${differs(come, bytes) ?? `it has ${found}`}`);
    await handle.sync();
  }

  async #remove(sha256: string): Promise<void> {
    this.#kept.delete(sha256);
    await rm(join(this.#folder, sha256), { force: true });
    await syncFolder(this.#folder);
  }
}

const differs = (come: number, bytes: number): string | undefined =>
  come === bytes ? undefined : `${come > bytes ? 'more than' : come} of ${bytes} bytes came`;

/** Whoever sends nothing more keeps nobody waiting. @throws the signal's reason */
async function* heard(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  signal.throwIfAborted();
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  const end = () => over.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), over.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', end);
    // It would wait for the piece that does not come.
    if (!signal.aborted) await iterator.return?.();
  }
}

async function isSound(path: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}
