/** What a sink is handed: records of verified commits. Device, receipt and id come from the commit, never from a record. */
import type { MetricBlock } from '../../core/telemetry/record/metrics.ts';
import type { EventRecord, GapRecord, LogRecord } from '../../core/telemetry/record/record.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import type { TelemetryRecord } from './sink.ts';

export interface Origin {
  readonly fleet: string;
  readonly device: string;
  /** Of the device, groups' and its own merged. */
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  /** The telemetry commit, and its time: what the device's clock said, milliseconds since the epoch. */
  readonly commit: string;
  readonly commitMs: number;
}

/** Lines of a container, and what is missing between them. */
export interface LogDelivery {
  readonly kind: 'log';
  /** `device/container/sequence`. A record that is delivered again has the same. */
  readonly id: string;
  readonly origin: Origin;
  readonly project: string;
  readonly service: string;
  readonly container: string;
  readonly record: LogRecord | GapRecord;
}

export interface EventDelivery {
  readonly kind: 'event';
  /** `device/events/sequence`. */
  readonly id: string;
  readonly origin: Origin;
  readonly record: EventRecord;
}

export interface MetricsDelivery {
  readonly kind: 'metrics';
  /** `device/metrics/sequence`. */
  readonly id: string;
  readonly origin: Origin;
  readonly blocks: readonly MetricBlock[];
}

export type Delivery = LogDelivery | EventDelivery | MetricsDelivery;
export type DeliveryKind = Delivery['kind'];

/** For good: it goes to the dead letters with the receiver's words, and what follows is not held up. */
export interface Refused {
  readonly delivery: Delivery;
  readonly reason: string;
}

/** Where telemetry goes that is delivered record by record. One folder a kind, and a line in records/kinds.ts. */
export interface RecordSink {
  readonly takes: ReadonlySet<DeliveryKind>;
  /** Records that `deliver` takes at once, where it is less than gateway.yaml allows. */
  readonly maxBatch?: number;
  /**
   * Held in memory alone, such as what is scraped: no cursor is kept, and with each start it begins at the newest commit of
   * each device. `forget` tells it which devices left, or are revoked.
   */
  readonly isMemory?: boolean;
  forget?(device: string): void;
  /** What each device last said of itself, or that it left: all of them after a start, then each when it changes. */
  see?(record: TelemetryRecord): void;
  /** Addresses of its own at the internal port. */
  readonly routes?: readonly PlainRoute[];
  /** Beside those that every sink has. Labelled with its name by the gateway. */
  metrics?(): readonly Metric[];
  /** SIGHUP: secrets and certificates are read anew. */
  reload?(): void;
  /**
   * In order for each device. Resolves when all of it is delivered or refused for good; at most `maxBatch` at once.
   * @throws anything: all of the batch comes again, after a pause (`details.retryAfterMs` where the receiver names one).
   *   TowlineError TELEMETRY_BATCH_REFUSED: never as a whole; it comes again in halves until what is refused is found
   */
  deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]>;
  close(): Promise<void>;
}
