/** Bytes of a bundle, with the place at which something is wrong. */
import { TowlineError } from '../errors.ts';
import { ChunkedBytes } from './chunked-bytes.ts';

export class ByteSource {
  readonly #bytes: ChunkedBytes;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#bytes = new ChunkedBytes(input, () => this.damaged('it ends here'));
  }

  /** Bytes that were taken. */
  get position(): number {
    return this.#bytes.taken;
  }

  damaged(why: string, position = this.position): TowlineError {
    const message = `the bundle is damaged at byte ${position}: ${why}`;
    return new TowlineError('BUNDLE_DAMAGED', message, { details: { position } });
  }

  /** So many bytes, in chunks as they come. @throws TowlineError BUNDLE_DAMAGED where they end before */
  take(size: number): AsyncGenerator<Uint8Array> {
    return this.#bytes.take(size);
  }

  /** So many bytes at once: for what is small. @throws TowlineError BUNDLE_DAMAGED where they end before */
  read(size: number): Promise<Buffer> {
    return this.#bytes.read(size);
  }

  /** Exactly these bytes are next. */
  async expect(bytes: Uint8Array, what: string): Promise<void> {
    const start = this.position;
    const found = await this.read(bytes.length);
    if (found.equals(bytes)) return;
    const wrong = found.findIndex((byte, index) => byte !== bytes[index]);
    throw this.damaged(`${what} is not as it must be`, start + wrong);
  }

  /** Nothing is next. */
  async end(): Promise<void> {
    if (await this.#bytes.more()) throw this.damaged('something comes after the end');
  }

  /** Lets go of the input. */
  close(): Promise<void> {
    return this.#bytes.close();
  }
}
