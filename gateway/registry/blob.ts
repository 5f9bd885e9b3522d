/** One blob on the disk, coming or whole, read by many at once, each at its own pace. */
import { read } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Until a blob is whole and fits its digest this much of it goes to nobody: nobody has all of it. */
const heldBackBytes = 1;

export class Blob {
  readonly digest: string;
  /** Bytes, as the manifest has it. */
  readonly size: number;
  /** Where it is when it is whole. */
  readonly path: string;
  #file: Promise<FileHandle> | undefined;
  #written = 0;
  #state: 'coming' | 'whole' | 'failed' = 'coming';
  #failure: Error | undefined;
  #users = 0;
  #wake: (() => void)[] = [];

  private constructor(digest: string, size: number, path: string) {
    this.digest = digest;
    this.size = size;
    this.path = path;
  }

  static whole(digest: string, size: number, path: string): Blob {
    const blob = new Blob(digest, size, path);
    blob.#state = 'whole';
    return blob;
  }

  /** Whoever brings it uses it until then: `enter` at once. @param incoming where it is until it is whole */
  static coming(digest: string, size: number, path: string, incoming: string): Blob {
    const blob = new Blob(digest, size, path);
    blob.#file = open(incoming, 'wx+', 0o600);
    // Whoever enters hears of it.
    blob.#file.catch(() => undefined);
    return blob;
  }

  get isWhole(): boolean {
    return this.#state === 'whole';
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  get isUsed(): boolean {
    return this.#users > 0;
  }

  /** What may be read of it. */
  get available(): number {
    return this.isWhole ? this.size : Math.min(this.#written, this.size - heldBackBytes);
  }

  /** From now on its file stays open, and is not removed to make room, until what this returns was called. */
  enter(): () => void {
    this.#users += 1;
    this.#file ??= open(this.path, 'r');
    this.#file.catch(() => undefined);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#users -= 1;
      if (this.#users > 0) return;
      const file = this.#file;
      this.#file = undefined;
      file?.then(handle => handle.close()).catch(() => undefined);
    };
  }

  /** Between `enter` and leaving. Waits until so much of it may be read. @throws what `fail` was given */
  async until(bytes: number): Promise<void> {
    while (this.#state !== 'whole') {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.available >= bytes && bytes > 0) return;
      await new Promise<void>(resolve => this.#wake.push(resolve));
    }
  }

  async wholly(): Promise<void> {
    await this.until(this.size + 1);
  }

  /** Between `enter` and leaving, of what may be read. @throws what the disk throws */
  async read(into: Buffer, at: number): Promise<Buffer> {
    const file = await this.#opened();
    const length = Math.min(into.length, this.available - at);
    const bytesRead = await readInto(file.fd, into.subarray(0, length), at);
    if (bytesRead === 0) {
      const error = new Error('a kept blob is shorter than it was');
      this.fail(error);
      throw error;
    }
    return into.subarray(0, bytesRead);
  }

  /** @throws what the disk throws */
  async append(piece: Buffer): Promise<void> {
    const file = await this.#opened();
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await file.write(piece, done, piece.length - done, this.#written + done);
      done += bytesWritten;
    }
    this.#written += piece.length;
    this.#awaken();
  }

  async sync(): Promise<void> {
    await (await this.#opened()).sync();
  }

  finish(): void {
    this.#state = 'whole';
    this.#awaken();
  }

  fail(error: Error): void {
    this.#state = 'failed';
    this.#failure = error;
    this.#awaken();
  }

  async #opened(): Promise<FileHandle> {
    const file = await this.#file;
    if (file === undefined) throw new Error('a blob is read by nobody who entered');
    return file;
  }

  #awaken(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

/** By a callback: what a handle's own `read` leaves behind lies outside of the heap until somebody collects it. */
function readInto(descriptor: number, into: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, 0, into.length, at, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}
