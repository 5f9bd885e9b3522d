/**
 * Metrics of a device over a stretch of time: each series is named once, then a line for each moment. `metrics/*.ndjson.gz`:
 * `{"series":[["name","counter",{"label":"value"}],…]}`, then `{"time":ms,"values":[1,null,…]}`; series may be named anew.
 */

export type MetricType = 'counter' | 'gauge' | 'untyped';

export interface Series {
  /** cAdvisor's and node-exporter's names; of an app, its own. */
  readonly name: string;
  readonly type: MetricType;
  /** Without `device_id`: that comes from the verified commit. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Moment {
  /** Milliseconds since the epoch, the device's clock. */
  readonly timeMs: number;
  /** By the number of the series; null: none at this moment. NaN and the infinities are written as strings. */
  readonly values: readonly (number | null)[];
}

/** Moments that share their series. */
export interface MetricBlock {
  readonly series: readonly Series[];
  readonly moments: readonly Moment[];
}
