/** Bytes that come in chunks, taken in pieces of known length. */
export class ChunkedBytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #endsEarly: () => Error;
  #rest: Uint8Array = new Uint8Array(0);
  #taken = 0;

  /** @param endsEarly what is thrown where fewer come than are taken */
  constructor(input: AsyncIterable<Uint8Array>, endsEarly: () => Error) {
    this.#chunks = input[Symbol.asyncIterator]();
    this.#endsEarly = endsEarly;
  }

  /** Bytes. */
  get taken(): number {
    return this.#taken;
  }

  /** @returns whether there is anything more */
  async more(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }

  /** So many bytes, in chunks as they come. */
  async *take(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (!(await this.more())) throw this.#endsEarly();
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      this.#taken += chunk.length;
      left -= chunk.length;
      yield chunk;
    }
  }

  /** So many bytes at once: for what is small. */
  async read(size: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.take(size)) chunks.push(chunk);
    return Buffer.concat(chunks, size);
  }

  /** All that is left, in chunks as they come. */
  async *left(): AsyncGenerator<Uint8Array> {
    while (await this.more()) yield* this.take(this.#rest.length);
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
