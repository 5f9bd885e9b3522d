/** What sinks share whose receivers acknowledge nothing: the way there, and what it has sent again. */
import { counter, type Metric } from '../../plain-port/metric.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import type { Datagrams } from './datagrams.ts';
import type { ResendingStream } from './resending-stream.ts';

export type Way = ResendingStream | Datagrams;

export abstract class WireSink implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event']);
  protected readonly way: Way;

  constructor(way: Way) {
    this.way = way;
  }

  abstract deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]>;

  metrics(): readonly Metric[] {
    const help = 'Messages that were sent again after a reconnect, since nothing acknowledges them.';
    return [counter('towline_gateway_sink_resent_total', help, this.way.resent)];
  }

  reload(): void {
    this.way.renew();
  }

  async close(): Promise<void> {
    await this.way.close();
  }
}
