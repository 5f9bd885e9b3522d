/** Fluentd's forward protocol v1: a chunk for each tag, packed, and acknowledged before the cursor moves. */
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Encoder } from '@msgpack/msgpack';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import type { Chunk, ForwardConnection } from './forward-connection.ts';
import { forwardEntry } from './forward-entry.ts';

export interface FluentdSinkOptions {
  readonly connect: (signal: AbortSignal) => Promise<ForwardConnection>;
  /** The next connection is to be made with what files say then. */
  readonly renewed?: () => void;
  readonly tagPrefix: string;
  readonly compress: boolean;
  /** In which all of a batch must be acknowledged. */
  readonly ackMs: number;
}

const packed = promisify(gzip);

export class FluentdSink implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event']);
  readonly #options: FluentdSinkOptions;
  readonly #encoder = new Encoder();
  #connection: ForwardConnection | undefined;

  constructor(options: FluentdSinkOptions) {
    this.#options = options;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const chunks = await this.#chunks(batch);
    if (chunks.length === 0) return [];
    if (this.#connection?.gone !== undefined) this.#connection = undefined;
    this.#connection ??= await this.#options.connect(signal);
    await this.#connection.send(chunks, this.#options.ackMs, signal);
    return [];
  }

  /** SIGHUP: the next batch goes over a new connection, with what the files say then. */
  reload(): void {
    this.#options.renewed?.();
    this.#connection?.close();
    this.#connection = undefined;
  }

  async close(): Promise<void> {
    this.#connection?.close();
  }

  async #chunks(batch: readonly Delivery[]): Promise<readonly Chunk[]> {
    const { tagPrefix } = this.#options;
    const byTag = new Map<string, Uint8Array[]>();
    for (const delivery of batch) {
      if (delivery.kind === 'metrics') continue;
      const { tag, entry } = forwardEntry(delivery, tagPrefix);
      const entries = byTag.get(tag) ?? [];
      byTag.set(tag, entries);
      entries.push(this.#encoder.encode(entry));
    }
    return Promise.all([...byTag].map(([tag, entries]) => this.#chunk(tag, entries)));
  }

  /** CompressedPackedForward, or PackedForward. */
  async #chunk(tag: string, entries: readonly Uint8Array[]): Promise<Chunk> {
    const { compress } = this.#options;
    const id = randomBytes(16).toString('base64');
    const joined = Buffer.concat(entries);
    const option = { chunk: id, size: entries.length, ...(compress ? { compressed: 'gzip' } : {}) };
    const message = [tag, compress ? await packed(joined) : joined, option];
    return { id, bytes: Buffer.from(this.#encoder.encode(message)) };
  }
}
