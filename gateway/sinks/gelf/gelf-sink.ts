/** GELF over TCP or TLS, a NUL behind each message; over UDP packed and in chunks. */
import { gzipSync } from 'node:zlib';
import { counter, type Metric } from '../../plain-port/metric.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import type { Datagrams } from '../wire/datagrams.ts';
import type { ResendingStream } from '../wire/resending-stream.ts';
import { gelfChunks } from './chunks.ts';
import { gelfMessage } from './gelf-message.ts';

export interface GelfSinkOptions {
  readonly way: ResendingStream | Datagrams;
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

export class GelfSink implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event']);
  readonly #options: GelfSinkOptions;

  constructor(options: GelfSinkOptions) {
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
    await this.#options.way.send(frames, signal);
    return refused;
  }

  metrics(): readonly Metric[] {
    const { resent } = this.#options.way;
    const help = 'Messages that were sent again after a reconnect, since nothing acknowledges them.';
    return [counter('towline_gateway_sink_resent_total', help, resent)];
  }

  reload(): void {
    this.#options.way.renew();
  }

  async close(): Promise<void> {
    await this.#options.way.close();
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
