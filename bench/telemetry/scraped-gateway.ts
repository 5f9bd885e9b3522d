/** A process that has nothing but the Prometheus sink of a fleet: what a scrape takes is what it takes. */
import type { Series } from '../../core/telemetry/record/metrics.ts';
import { FleetView } from '../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../gateway/fleet/fleet-view-holder.ts';
import { PlainPort } from '../../gateway/plain-port/plain-port.ts';
import { PrometheusSink } from '../../gateway/sinks/prometheus/prometheus-sink.ts';

const [devices = 10_000, seriesPerDevice = 60] = process.argv.slice(2).map(Number);
const ids = Array.from({ length: devices }, (_, number) => `pump-${number}`);
const view = new FleetViewHolder(
  new FleetView({
    commit: '1'.repeat(40),
    fleet: undefined,
    devices: ids.map(id => ({
      id,
      file: { apiVersion: 'towline/v1' },
      groups: [],
      labels: { site: 'berlin' },
    })),
    operators: [],
    desiredTunnel: () => undefined,
  }),
);
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => {} };
const limits = { seriesPerDevice: 2000, series: 1_000_000, stalenessMs: undefined };
const sink = new PrometheusSink({ labels: ['site'], limits, devices: undefined, view, clock });
const port = new PlainPort(sink.routes, (_request, response) => {
  response.writeHead(404).end();
});

/** Three containers and a host; each device gives its own strings, as they come from JSON. */
function seriesOf(): Series[] {
  return Array.from({ length: seriesPerDevice }, (_, at) => ({
    name: `container_figure_${at % 20}_bytes_total`,
    type: 'counter',
    labels: { project: 'web', service: `server-${at % 3}`, container: `web-server-${at % 3}-1`, at: `${at}` },
  }));
}

/** Resident after what is not needed has gone. */
function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

const idleBytes = residentBytes();
for (const device of ids) {
  const series = seriesOf();
  const values = series.map(() => Math.round(Math.random() * 1e9) / 100);
  const timeMs = Date.now();
  const origin = { fleet: 'acme', device, labels: {}, groups: [], commit: '', commitMs: timeMs };
  const blocks = [{ series, moments: [{ timeMs, values }] }];
  await sink.deliver([{ kind: 'metrics', id: `${device}/metrics/1`, origin, blocks }]);
}
const { port: number } = await port.listen('127.0.0.1', 0);
let peakBytes = 0;
const watched = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 20);
process.send?.({ port: number });
process.on('message', asked => {
  if (asked !== 'spent') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSec: (user + system) / 1e6, peakBytes: peakBytes - idleBytes });
});
process.once('disconnect', () => {
  clearInterval(watched);
  process.exit();
});
