/** A Prometheus sink over a fleet that a test names, with a clock that it sets. */
import type { MetricBlock, Series } from '../../../../core/telemetry/record/metrics.ts';
import { FleetView } from '../../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../../gateway/fleet/fleet-view-holder.ts';
import {
  PrometheusSink,
  type PrometheusSinkOptions,
} from '../../../../gateway/sinks/prometheus/prometheus-sink.ts';
import type { StatusFile } from '../../../../schemas/types.generated.ts';
import { metricsDelivery, startMs } from '../receivers/deliveries.ts';

export const commit = '1'.repeat(40);

export function fleetView(ids: readonly string[], at = commit): FleetView {
  return new FleetView({
    commit: at,
    fleet: {
      apiVersion: 'towline/v1',
      name: 'acme',
      gateways: [{ address: 'g:1', tlsPins: [], sshHostKeys: [] }],
    },
    devices: ids.map(id => ({
      id,
      file: { apiVersion: 'towline/v1' },
      groups: [],
      labels: { site: 'berlin' },
    })),
    operators: [],
    desiredTunnel: () => undefined,
  });
}

export class PrometheusRig {
  nowMs = startMs;
  readonly view: FleetViewHolder;
  readonly sink: PrometheusSink;
  #sequence = 0;

  constructor(ids: readonly string[], options: Partial<PrometheusSinkOptions> = {}) {
    this.view = new FleetViewHolder(fleetView(ids));
    const clock = { now: () => this.nowMs, monotonic: () => this.nowMs, sleep: async () => {} };
    const limits = { seriesPerDevice: 2000, series: 100_000, stalenessMs: undefined };
    this.sink = new PrometheusSink({
      labels: ['site'],
      limits,
      devices: undefined,
      view: this.view,
      clock,
      ...options,
    });
  }

  /** One moment of these series. @param timeMs now, unless it is given */
  async says(
    device: string,
    series: readonly (Series & { value: number | null })[],
    timeMs = this.nowMs,
  ): Promise<void> {
    const values = series.map(({ value }) => value);
    await this.hands(device, [{ series, moments: [{ timeMs, values }] }]);
  }

  async hands(device: string, blocks: readonly MetricBlock[]): Promise<void> {
    this.#sequence += 1;
    await this.sink.deliver([metricsDelivery(this.#sequence, blocks, { device, commitMs: this.nowMs })]);
  }

  reports(device: string, status: Partial<StatusFile> = {}, revoked = false): void {
    const time = new Date(this.nowMs).toISOString();
    const said: StatusFile = { ...quiet, device, time, ...status };
    this.sink.see({
      kind: 'report',
      device,
      revoked,
      tip: commit,
      report: { kind: 'said', status: said, blob: commit },
    });
  }
}

const quiet: StatusFile = {
  apiVersion: 'towline/v1',
  fleet: 'acme',
  device: 'pump-1',
  time: '',
  agent: { version: '0.1.0', engine: '20.10.24' },
  trusted: { commit },
  outcome: 'unchanged',
  conditions: [{ type: 'Ready', status: true, reason: 'unchanged', message: 'all is well' }],
  projects: [{ app: 'web', project: 'web', release: '1.4.2', state: 'healthy', services: [] }],
  tunnel: { state: 'closed' },
};

export function gaugeOf(name: string, value: number | null, labels: Record<string, string> = {}) {
  return { name, type: 'gauge', labels, value } as const;
}
