/** One answer of git, being received or whole, read by many at once, each at its own pace. */
import type { FileHandle } from 'node:fs/promises';

/** Opens an empty file that is gone when it is closed. */
export type OpenSpill = () => Promise<FileHandle>;

const slabBytes = 64 * 1024;

export class CachedAnswer {
  readonly #openSpill: OpenSpill;
  readonly #maxMemoryBytes: number;
  #chunks: Buffer[] = [];
  #file: FileHandle | undefined;
  #length = 0;
  #done = false;
  #failure: Error | undefined;
  #readers = 0;
  #dropped = false;
  #wake: (() => void)[] = [];

  constructor(maxMemoryBytes: number, openSpill: OpenSpill) {
    this.#maxMemoryBytes = maxMemoryBytes;
    this.#openSpill = openSpill;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that it holds in memory. */
  get memoryBytes(): number {
    return this.#file === undefined ? this.#length : 0;
  }

  get diskBytes(): number {
    return this.#file === undefined ? 0 : this.#length;
  }

  /** The whole answer, where it is whole and in memory. */
  get whole(): Buffer | undefined {
    return this.#done && this.#file === undefined ? (this.#chunks[0] ?? Buffer.alloc(0)) : undefined;
  }

  /** Adds a piece; beyond the memory limit everything moves to a file. One call at a time. */
  async append(chunk: Buffer): Promise<void> {
    if (this.#file === undefined && this.#length + chunk.length > this.#maxMemoryBytes) {
      const file = await this.#openSpill();
      for (const [position, earlier] of positions(this.#chunks)) await writeAll(file, earlier, position);
      this.#file = file;
      this.#chunks = [];
    }
    if (this.#file !== undefined) await writeAll(this.#file, chunk, this.#length);
    // A copy: the piece is a view of a larger buffer that would stay for as long as this does.
    else this.#chunks.push(Buffer.from(chunk));
    this.#length += chunk.length;
    this.#awaken();
  }

  finish(): void {
    if (this.#file === undefined) this.#chunks = [Buffer.concat(this.#chunks)];
    this.#done = true;
    this.#awaken();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#awaken();
  }

  /** Waits for the first byte or the end. @throws what `fail` was given, when nothing had come before. */
  async begun(): Promise<void> {
    while (this.#length === 0 && !this.#done && this.#failure === undefined) await this.#change();
    if (this.#length === 0 && this.#failure !== undefined) throw this.#failure;
  }

  /** @throws what `fail` was given, after what came before it. */
  async *read(): AsyncGenerator<Buffer> {
    this.#readers += 1;
    try {
      let offset = 0;
      while (true) {
        if (offset < this.#length) {
          const piece = await this.#pieceAt(offset);
          offset += piece.length;
          yield piece;
        } else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#done) return;
        else await this.#change();
      }
    } finally {
      this.#readers -= 1;
      await this.#closeIfUnused();
    }
  }

  /** The cache has let go of it: the file goes when the last reader has left. */
  async drop(): Promise<void> {
    this.#dropped = true;
    await this.#closeIfUnused();
  }

  async #pieceAt(offset: number): Promise<Buffer> {
    if (this.#file !== undefined) {
      const size = Math.min(slabBytes, this.#length - offset);
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(size), 0, size, offset);
      if (bytesRead === 0) throw new Error('a spilled answer is shorter than it was');
      return buffer.subarray(0, bytesRead);
    }
    for (const [position, chunk] of positions(this.#chunks)) {
      if (offset < position + chunk.length) return chunk.subarray(offset - position);
    }
    throw new Error('a read beyond the end');
  }

  async #closeIfUnused(): Promise<void> {
    if (!this.#dropped || this.#readers > 0) return;
    const file = this.#file;
    if (file !== undefined && this.#dropped) {
      this.#dropped = false;
      await file.close();
    }
  }

  #change(): Promise<void> {
    return new Promise(resolve => this.#wake.push(resolve));
  }

  #awaken(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

function* positions(chunks: readonly Buffer[]): Generator<[number, Buffer]> {
  let position = 0;
  for (const chunk of chunks) {
    yield [position, chunk];
    position += chunk.length;
  }
}

async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
  }
}
