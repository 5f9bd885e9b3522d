/** Bytes that come in chunks, taken in pieces of known length, with the place at which something is wrong. */
import { TowlineError } from '../errors.ts';

export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#chunks = input[Symbol.asyncIterator]();
  }

  /** Bytes that were taken. */
  get position(): number {
    return this.#position;
  }

  damaged(why: string, position = this.#position): TowlineError {
    const message = `the bundle is damaged at byte ${position}: ${why}`;
    return new TowlineError('BUNDLE_DAMAGED', message, { details: { position } });
  }

  /** @returns whether there is anything more */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }

  /** So many bytes, in chunks as they come. @throws TowlineError BUNDLE_DAMAGED where they end before */
  async *take(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (!(await this.#fill())) throw this.damaged('it ends here');
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      this.#position += chunk.length;
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

  /** Exactly these bytes are next. */
  async expect(bytes: Uint8Array, what: string): Promise<void> {
    const start = this.#position;
    const found = await this.read(bytes.length);
    if (found.equals(bytes)) return;
    const wrong = found.findIndex((byte, index) => byte !== bytes[index]);
    throw this.damaged(`${what} is not as it must be`, start + wrong);
  }

  /** Nothing is next. */
  async end(): Promise<void> {
    if (await this.#fill()) throw this.damaged('something comes after the end');
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
