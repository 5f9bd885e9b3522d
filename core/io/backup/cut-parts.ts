/** A compressed tar → folders of some hundred megabytes, one after the other, as a store takes them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { indexLine, pieceName } from '../../backup/part-index.ts';
import { TarCutter } from '../../backup/tar-cutter.ts';

/** A part ends with the first piece beyond it, bytes. */
const defaultPartBytes = 128 * 1024 * 1024;
const mostPieces = 50_000;
/** Files that are written at a time. */
const atOnce = 16;

type Cut = { readonly bytes: Uint8Array; readonly isLast?: boolean };

class PartWriter {
  readonly #folder: string;
  #frame: FileHandle | undefined;
  #piece: FileHandle | undefined;
  #index: string[] = [];
  #frameBytes = 0;
  #pieceBytes = 0;
  #pieces = 0;
  bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get pieces(): number {
    return this.#pieces;
  }

  async begin(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    // The helper's root is nobody special here; the folder above is the agent's alone.
    await mkdir(path.join(this.#folder, 'p'), { recursive: true, mode: 0o755 });
    this.#frame = await open(path.join(this.#folder, 'frame'), 'w', 0o644);
    this.#index = [];
    this.#pieces = 0;
    this.bytes = 0;
  }

  async write(cuts: readonly Cut[]): Promise<void> {
    const frames: Uint8Array[] = [];
    let small: Promise<void>[] = [];
    for (const { bytes, isLast } of cuts) {
      this.bytes += bytes.length;
      if (isLast === undefined) {
        frames.push(bytes);
        this.#frameBytes += bytes.length;
        continue;
      }
      const isWhole = isLast && this.#pieceBytes === 0;
      this.#pieceBytes += bytes.length;
      if (isWhole) small.push(writeFile(this.#next(), bytes, { mode: 0o644 }));
      else await this.#append(bytes, isLast);
      if (isLast) this.#endPiece();
      if (small.length < atOnce) continue;
      await Promise.all(small);
      small = [];
    }
    await Promise.all([...small, this.#frame?.writev(frames.length > 0 ? frames : [new Uint8Array(0)])]);
  }

  #next = (): string => path.join(this.#folder, 'p', pieceName(this.#pieces));

  async #append(bytes: Uint8Array, isLast: boolean): Promise<void> {
    this.#piece ??= await open(this.#next(), 'w', 0o644);
    await this.#piece.writeFile(bytes);
    if (!isLast) return;
    await this.#piece.close();
    this.#piece = undefined;
  }

  #endPiece(): void {
    this.#index.push(indexLine({ frameBytes: this.#frameBytes, pieceBytes: this.#pieceBytes }));
    this.#pieces += 1;
    this.#frameBytes = 0;
    this.#pieceBytes = 0;
  }

  async end(): Promise<void> {
    if (this.#frameBytes > 0) this.#index.push(indexLine({ frameBytes: this.#frameBytes, pieceBytes: 0 }));
    this.#frameBytes = 0;
    await writeFile(path.join(this.#folder, 'index'), this.#index.join(''), { mode: 0o644 });
    await this.close();
  }

  async close(): Promise<void> {
    const open = [this.#frame, this.#piece];
    this.#frame = undefined;
    this.#piece = undefined;
    for (const handle of open) await handle?.close();
  }
}

export interface CutOptions {
  /** A tar, compressed by zstd. */
  readonly archive: string;
  /** Of the part; it is the caller's alone, and is emptied for each. */
  readonly folder: string;
  readonly partBytes?: number;
}

export interface CutArchive {
  readonly parts: number;
  readonly tarBytes: number;
  readonly tarSha256: string;
  /** Of the file as it lies there. */
  readonly archiveSha256: string;
}

/** Gives whole parts, one after the other. */
class PartsCutter {
  readonly #writer: PartWriter;
  readonly #partBytes: number;
  readonly #onPart: (part: number) => Promise<void>;
  #cuts: Cut[] = [];
  readonly #cutter = new TarCutter({
    frame: bytes => this.#cuts.push({ bytes }),
    piece: (bytes, isLast) => this.#cuts.push({ bytes, isLast }),
  });
  parts = 0;

  constructor({ folder, partBytes = defaultPartBytes }: CutOptions, onPart: (part: number) => Promise<void>) {
    this.#writer = new PartWriter(folder);
    this.#partBytes = partBytes;
    this.#onPart = onPart;
  }

  begin = (): Promise<void> => this.#writer.begin();
  close = (): Promise<void> => this.#writer.close();

  async push(chunk: Uint8Array): Promise<void> {
    this.#cutter.push(chunk);
    await this.#put();
  }

  async end(): Promise<void> {
    this.#cutter.end();
    await this.#put();
    if (this.#writer.bytes > 0 || this.parts === 0) await this.#endPart();
  }

  async #endPart(): Promise<void> {
    this.parts += 1;
    await this.#writer.end();
    await this.#onPart(this.parts);
  }

  async #put(): Promise<void> {
    const cuts = this.#cuts;
    this.#cuts = [];
    let [from, bytes, pieces] = [0, this.#writer.bytes, this.#writer.pieces];
    for (const [at, cut] of cuts.entries()) {
      bytes += cut.bytes.length;
      if (cut.isLast === true) pieces += 1;
      // Never within a piece, wherever what is read comes in chunks: the same archive has the same parts.
      if (cut.isLast === false || (bytes < this.#partBytes && pieces < mostPieces)) continue;
      await this.#writer.write(cuts.slice(from, at + 1));
      await this.#endPart();
      await this.#writer.begin();
      [from, bytes, pieces] = [at + 1, 0, 0];
    }
    if (from < cuts.length) await this.#writer.write(cuts.slice(from));
  }
}

/**
 * @param onPart takes what lies in the folder; the next part is cut when it is done
 * @throws whatever reading, writing or zstd does; the signal's reason
 */
export async function cutParts(
  options: CutOptions,
  onPart: (part: number) => Promise<void>,
  signal: AbortSignal,
): Promise<CutArchive> {
  const [ofArchive, ofTar] = [createHash('sha256'), createHash('sha256')];
  const cutter = new PartsCutter(options, onPart);
  let tarBytes = 0;
  try {
    await cutter.begin();
    await pipeline(
      createReadStream(options.archive),
      async function* hashed(source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          ofArchive.update(chunk);
          yield chunk;
        }
      },
      createZstdDecompress(),
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          signal.throwIfAborted();
          ofTar.update(chunk);
          tarBytes += chunk.length;
          await cutter.push(chunk);
        }
      },
      { signal },
    );
    await cutter.end();
    const [tarSha256, archiveSha256] = [ofTar.digest('hex'), ofArchive.digest('hex')];
    return { parts: cutter.parts, tarBytes, tarSha256, archiveSha256 };
  } finally {
    await cutter.close();
    await rm(options.folder, { recursive: true, force: true });
  }
}
