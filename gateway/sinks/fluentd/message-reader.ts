/** What a Fluentd server says, message by message. Strings stay bytes: a nonce is no text. */
import { PassThrough } from 'node:stream';
import { decodeMultiStream } from '@msgpack/msgpack';

/** A server says HELO, PONG and acknowledgements: some hundred bytes each. */
const maxMessageBytes = 16 * 1024;
const limits = {
  maxStrLength: 4096,
  maxBinLength: 4096,
  maxArrayLength: 16,
  maxMapLength: 16,
  maxExtLength: 64,
} as const;

export class MessageReader {
  readonly #bytes = new PassThrough();
  #sinceMessage = 0;

  push(bytes: Uint8Array): void {
    this.#bytes.write(bytes);
  }

  end(): void {
    this.#bytes.end();
  }

  /**
   * Until `end`.
   * @throws Error where it is no MessagePack, or a message is too large
   */
  async *messages(): AsyncGenerator<unknown> {
    for await (const message of decodeMultiStream<undefined>(this.#bounded(), {
      rawStrings: true,
      ...limits,
    })) {
      this.#sinceMessage = 0;
      yield message;
    }
  }

  async *#bounded(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#bytes) {
      const bytes: Uint8Array = chunk;
      // In pieces: a chunk of many messages is nothing bad.
      for (let at = 0; at < bytes.length; at += 1024) {
        const piece = bytes.subarray(at, at + 1024);
        this.#sinceMessage += piece.length;
        if (this.#sinceMessage > maxMessageBytes)
          throw new Error(`the server sends a message of more than ${maxMessageBytes} bytes`);
        yield piece;
      }
    }
  }
}
