/** Where telemetry goes. What is made of it there is the sink's alone; what has arrived, and what was delivered, is not. */
import type { DeviceReport } from '../../core/telemetry/device-report.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Metric } from '../plain-port/metric.ts';

export type TelemetryRecord =
  /** A device pushed, or its key changed: what it last said, and whether it was this device that said it. */
  | {
      readonly kind: 'report';
      readonly device: string;
      readonly revoked: boolean;
      /** Of its telemetry branch: the commit that says so. */
      readonly tip: ObjectId;
      readonly report: DeviceReport;
    }
  /** A device of the fleet that has not said anything yet. */
  | {
      readonly kind: 'silent';
      readonly device: string;
      readonly revoked: boolean;
      /** Whether the fleet names keys of it: without, it cannot say anything. */
      readonly hasKeys: boolean;
    }
  /** A device left the fleet. */
  | { readonly kind: 'gone'; readonly device: string };

export interface Sink {
  /** In the log. */
  readonly name: string;
  /** What it was handed it keeps, delivered or not: when it throws, only what it was not handed yet comes. */
  readonly keeps?: boolean;
  /**
   * All that has arrived since the last time: nothing, too. Each is read when it is asked for, so that a sink holds no more
   * of them than it wants. When this resolves, those that were asked for are delivered; when it throws, they come again.
   */
  deliver(records: AsyncIterable<TelemetryRecord>, signal: AbortSignal): Promise<void>;
  metrics?(): readonly Metric[];
}
