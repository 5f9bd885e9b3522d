/** One answer of git, being received or whole, read by many at once, each at its own pace. */
import type { FileHandle } from 'node:fs/promises';

/** Opens an empty file that is gone when it is closed. */
export type OpenSpill = () => Promise<FileHandle>;

/** Who is slow holds one of these in memory, and not the answer. */
const slabBytes = 64 * 1024;

export interface CachedAnswerOptions {
  /** Beyond it everything is moved to a file, bytes. */
  readonly maxMemoryBytes: number;
  readonly openSpill: OpenSpill;
  /** It was dropped, the last reader has left, and nothing of it is held any more. */
  readonly onGone: () => void;
}

export class CachedAnswer {
  readonly #options: CachedAnswerOptions;
  /** All of the same length, but the last one of a whole answer. */
  #slabs: Buffer[] = [];
  #file: FileHandle | undefined;
  #length = 0;
  #done = false;
  #failure: Error | undefined;
  #readers = 0;
  #dropped = false;
  #gone = false;
  #wake: (() => void)[] = [];
  /** What is being written: one thing after the other. */
  #writing: Promise<void> = Promise.resolve();
  #writes = 0;

  constructor(options: CachedAnswerOptions) {
    this.#options = options;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that it holds in memory. */
  get memoryBytes(): number {
    return this.#file === undefined && !this.#gone ? this.#length : 0;
  }

  get diskBytes(): number {
    return this.#file === undefined || this.#gone ? 0 : this.#length;
  }

  /** Nothing comes any more. */
  get isWhole(): boolean {
    return this.#done;
  }

  get isRead(): boolean {
    return this.#readers > 0;
  }

  /** The whole answer, where it is whole, in memory and short. */
  get short(): Buffer | undefined {
    if (!this.#done || this.#file !== undefined || this.#length > slabBytes) return undefined;
    return this.#slabs[0] ?? Buffer.alloc(0);
  }

  /** Adds a piece. One call at a time. @throws Error when nobody waits for it any more; what the disk throws. */
  async append(chunk: Buffer): Promise<void> {
    if (this.#length + chunk.length > this.#options.maxMemoryBytes) await this.spill();
    await this.#inTurn(async () => {
      if (this.#gone) throw new Error('nobody waits for this answer any more');
      if (this.#file === undefined) this.#keep(chunk);
      else await writeAll(this.#file, chunk, this.#length);
      this.#length += chunk.length;
    });
    this.#awaken();
  }

  /** Moves what is in memory to a file; readers go on there. @throws what the disk throws. */
  async spill(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#file !== undefined || this.#gone) return;
      const file = await this.#options.openSpill();
      try {
        for (const [at, slab] of this.#slabs.entries()) {
          const used = Math.min(slab.length, this.#length - at * slabBytes);
          await writeAll(file, slab.subarray(0, used), at * slabBytes);
        }
      } catch (error) {
        await file.close();
        throw error;
      }
      this.#file = file;
      this.#slabs = [];
    });
  }

  finish(): void {
    const last = this.#slabs.pop();
    // A copy: most answers are far shorter than this.
    if (last !== undefined) {
      this.#slabs.push(Buffer.from(last.subarray(0, this.#length - this.#slabs.length * slabBytes)));
    }
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

  /** From now on somebody reads: it stays until what this returns was called. */
  enter(): () => void {
    this.#readers += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#readers -= 1;
      this.#goIfUnused();
    };
  }

  /** Between `enter` and leaving. @throws what `fail` was given, after what came before it. */
  async *read(): AsyncGenerator<Buffer> {
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
  }

  /** The cache has let go of it: it goes when the last reader has left. */
  drop(): void {
    this.#dropped = true;
    this.#goIfUnused();
  }

  #keep(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const at = (this.#length + from) % slabBytes;
      if (at === 0) this.#slabs.push(Buffer.allocUnsafeSlow(slabBytes));
      from += chunk.copy(this.#slabs.at(-1) ?? Buffer.alloc(0), at, from);
    }
  }

  async #pieceAt(offset: number): Promise<Buffer> {
    const size = Math.min(slabBytes - (offset % slabBytes), this.#length - offset);
    const slab = this.#slabs[Math.floor(offset / slabBytes)];
    if (slab !== undefined) return slab.subarray(offset % slabBytes, (offset % slabBytes) + size);
    if (this.#file === undefined) throw new Error('a read of what is gone');
    const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafeSlow(size), 0, size, offset);
    if (bytesRead === 0) throw new Error('a spilled answer is shorter than it was');
    return buffer.subarray(0, bytesRead);
  }

  async #inTurn(write: () => Promise<void>): Promise<void> {
    this.#writes += 1;
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => undefined);
    try {
      await written;
    } finally {
      this.#writes -= 1;
      this.#goIfUnused();
    }
  }

  #goIfUnused(): void {
    if (!this.#dropped || this.#readers > 0 || this.#writes > 0 || this.#gone) return;
    this.#gone = true;
    this.#slabs = [];
    this.#options.onGone();
    this.#file?.close().catch(() => undefined);
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

async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
  }
}
