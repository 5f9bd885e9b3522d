/** RFC 5424 over TCP or TLS, a frame for each message (RFC 6587, 3.4.1; RFC 5425, 4.3); RFC 3164 over UDP. */
import { counter, type Metric } from '../../plain-port/metric.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import type { Datagrams } from '../wire/datagrams.ts';
import type { ResendingStream } from '../wire/resending-stream.ts';
import { rfc3164 } from './rfc3164.ts';
import { rfc5424 } from './rfc5424.ts';
import { type SyslogDefaults, type SyslogFormat, syslogMessage } from './syslog-message.ts';

export interface SyslogSinkOptions extends SyslogDefaults {
  readonly way: ResendingStream | Datagrams;
  /** Octet counting: how long each message is stands before it. */
  readonly counted: boolean;
  readonly format: SyslogFormat;
  /** Of one message. */
  readonly maxBytes: number;
}

const writers: Readonly<Record<SyslogFormat, typeof rfc5424>> = { rfc5424, rfc3164 };

export class SyslogSink implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event']);
  readonly #options: SyslogSinkOptions;

  constructor(options: SyslogSinkOptions) {
    this.#options = options;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const frames = batch.flatMap(delivery => (delivery.kind === 'metrics' ? [] : [this.#frame(delivery)]));
    await this.#options.way.send(frames, signal);
    return [];
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

  #frame(delivery: Exclude<Delivery, { kind: 'metrics' }>): Buffer {
    const { counted, maxBytes } = this.#options;
    const message = syslogMessage(delivery, this.#options);
    const text = writers[message.format ?? this.#options.format](message, maxBytes);
    return Buffer.from(counted ? `${Buffer.byteLength(text)} ${text}` : text);
  }
}
