/** A compressed tar → folders of some hundred megabytes, one after the other, as a store takes them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { TarCutter } from '../../backup/tar-cutter.ts';
import { unpackZstd } from '../file/zstd.ts';
import { type Cut, PartWriter } from './part-writer.ts';

/** A part ends with the first piece beyond it, bytes. */
const defaultPartBytes = 128 * 1024 * 1024;
const mostPieces = 50_000;
/** Of what is unpacked, at a time. */
const chunkBytes = 64 * 1024;
/** After so many what was unpacked before is collected, where somebody can: else up to 64 MB of it lie about. */
const collectBytes = 4 * 1024 * 1024;
export interface CutOptions {
  /** A tar, compressed by zstd. */
  readonly archive: string;
  /** Of the part; it is the caller's alone, and is emptied for each. */
  readonly folder: string;
  readonly partBytes?: number;
  /** Collects what is young and done with, if there is a way to ask for that. */
  readonly collect?: (() => void) | undefined;
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

  async begin(): Promise<void> {
    await this.#writer.empty();
    await this.#writer.begin();
  }

  remove = (): Promise<void> => this.#writer.remove();

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
  let [tarBytes, collected] = [0, 0];
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
      unpackZstd(chunkBytes),
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          signal.throwIfAborted();
          ofTar.update(chunk);
          tarBytes += chunk.length;
          await cutter.push(chunk);
          if (tarBytes - collected < collectBytes) continue;
          collected = tarBytes;
          options.collect?.();
        }
      },
      { signal },
    );
    await cutter.end();
    const [tarSha256, archiveSha256] = [ofTar.digest('hex'), ofArchive.digest('hex')];
    return { parts: cutter.parts, tarBytes, tarSha256, archiveSha256 };
  } finally {
    await cutter.remove();
  }
}
