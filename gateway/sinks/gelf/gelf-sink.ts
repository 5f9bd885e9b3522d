/** GELF over TCP or TLS, a NUL behind each message; over UDP packed and in chunks. */
import { gzipSync } from 'node:zlib';
import type { Delivery, Refused } from '../delivery.ts';
import { type Way, WireSink } from '../wire/wire-sink.ts';
import { gelfChunks } from './chunks.ts';
import { gelfMessage } from './gelf-message.ts';

export interface GelfSinkOptions {
  readonly way: Way;
  readonly framing: GelfFraming;
  /** Of one message, unpacked: Graylog closes the connection at a larger one. */
  readonly maxBytes: number;
}

/** `chunked`: datagrams of so many bytes. */
export type GelfFraming =
  | { readonly kind: 'nul' }
  | { readonly kind: 'chunked'; readonly datagramBytes: number; readonly gzip: boolean };

type Framed = { readonly frames: readonly Buffer[] } | { readonly refused: string };

const nul = Buffer.from([0]);

export class GelfSink extends WireSink {
  readonly #options: GelfSinkOptions;

  constructor(options: GelfSinkOptions) {
    super(options.way);
    this.#options = options;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const frames: Buffer[] = [];
    const refused: Refused[] = [];
    for (const delivery of batch) {
      if (delivery.kind === 'metrics') continue;
      const framed = this.#framed(Buffer.from(gelfMessage(delivery)));
      if ('refused' in framed) refused.push({ delivery, reason: framed.refused });
      else frames.push(...framed.frames);
    }
    await this.way.send(frames, signal);
    return refused;
  }

  #framed(message: Buffer): Framed {
    const { framing, maxBytes } = this.#options;
    if (message.length > maxBytes)
      return { refused: `a message of ${message.length} bytes, and the receiver takes ${maxBytes}` };
    if (framing.kind === 'nul') return { frames: [Buffer.concat([message, nul])] };
    const packed = framing.gzip ? gzipSync(message, { level: 1 }) : message;
    const frames = gelfChunks(packed, framing.datagramBytes);
    return frames === undefined ? { refused: 'it needs more than the 128 chunks that GELF has' } : { frames };
  }
}
