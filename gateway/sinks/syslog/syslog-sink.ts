/** RFC 5424 over TCP or TLS, a frame for each message (RFC 6587, 3.4.1; RFC 5425, 4.3); RFC 3164 over UDP. */
import type { Delivery, Refused } from '../delivery.ts';
import { type Way, WireSink } from '../wire/wire-sink.ts';
import { rfc3164 } from './rfc3164.ts';
import { rfc5424 } from './rfc5424.ts';
import { type SyslogDefaults, type SyslogFormat, syslogMessage } from './syslog-message.ts';

export interface SyslogSinkOptions extends SyslogDefaults {
  readonly way: Way;
  /** Octet counting: how long each message is stands before it. */
  readonly counted: boolean;
  readonly format: SyslogFormat;
  /** Of one message. */
  readonly maxBytes: number;
}

const writers: Readonly<Record<SyslogFormat, typeof rfc5424>> = { rfc5424, rfc3164 };

export class SyslogSink extends WireSink {
  readonly #options: SyslogSinkOptions;

  constructor(options: SyslogSinkOptions) {
    super(options.way);
    this.#options = options;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const frames = batch.flatMap(delivery => (delivery.kind === 'metrics' ? [] : [this.#frame(delivery)]));
    await this.way.send(frames, signal);
    return [];
  }

  #frame(delivery: Exclude<Delivery, { kind: 'metrics' }>): Buffer {
    const { counted, maxBytes } = this.#options;
    const message = syslogMessage(delivery, this.#options);
    const text = writers[message.format ?? this.#options.format](message, maxBytes);
    return Buffer.from(counted ? `${Buffer.byteLength(text)} ${text}` : text);
  }
}
