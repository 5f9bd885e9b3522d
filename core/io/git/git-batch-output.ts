import type { Readable } from 'node:stream';

/** Reads lines and counted bytes, in turn, from what `git cat-file --batch` prints. */
export class BatchOutput {
  readonly #stream: Readable;
  #held: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    const wake = (): void => this.#wake?.();
    stream.on('readable', wake);
    for (const event of ['end', 'close', 'error']) stream.on(event, () => this.fail());
  }

  /** Wakes a reader that would otherwise wait for ever. */
  fail(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** One line without its newline. Rejects when the stream has ended. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf(0x0a);
      if (end >= 0) {
        const line = this.#held.toString('latin1', 0, end);
        this.#held = this.#held.subarray(end + 1);
        return line;
      }
      if (this.#held.length > 1024) throw new Error('a line without end');
      this.#held = Buffer.concat([this.#held, await this.#next()]);
    }
  }

  /** Exactly so many bytes, in a buffer of their own. */
  async bytes(length: number): Promise<Uint8Array> {
    const result = Buffer.alloc(length);
    let filled = 0;
    await this.#take(length, piece => {
      piece.copy(result, filled);
      filled += piece.length;
    });
    return result;
  }

  /** Reads and forgets so many bytes. */
  async skip(length: number): Promise<void> {
    await this.#take(length, () => {});
  }

  async #take(length: number, use: (piece: Buffer) => void): Promise<void> {
    let left = length;
    while (left > 0) {
      if (this.#held.length === 0) this.#held = await this.#next();
      const piece = this.#held.subarray(0, left);
      use(piece);
      this.#held = this.#held.subarray(piece.length);
      left -= piece.length;
    }
  }

  async #next(): Promise<Buffer> {
    for (;;) {
      const chunk: unknown = this.#stream.read();
      if (chunk instanceof Buffer) return chunk;
      if (this.#ended) throw new Error('the stream has ended');
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
