/** Bytes of a peer, taken line by line or in so many. */

export class ByteInput {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Without its line break; undefined at the end. @throws RangeError where it is longer */
  async line(maxBytes: number): Promise<Buffer | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      if (end > maxBytes || (end === -1 && this.#rest.length > maxBytes))
        throw new RangeError('a line that is too long');
      if (end !== -1) {
        const line = this.#rest.subarray(0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (!(await this.#more())) return undefined;
    }
  }

  /** One byte; undefined at the end. */
  async byte(): Promise<number | undefined> {
    const [byte] = await this.some(1);
    return byte;
  }

  /** At most so many, at least one; none at the end. */
  async some(maxBytes: number): Promise<Buffer> {
    if (this.#rest.length === 0) await this.#more();
    const taken = this.#rest.subarray(0, maxBytes);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}
