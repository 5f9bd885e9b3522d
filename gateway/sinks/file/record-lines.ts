/** Deliveries as lines of JSON: whose they are, then what the record says. */
import type { Series } from '../../../core/telemetry/record/metrics.ts';
import type { Delivery, MetricsDelivery } from '../delivery.ts';

export function recordLines(delivery: Delivery): string {
  if (delivery.kind === 'metrics') return metricLines(delivery);
  const { id, origin, record } = delivery;
  const { device, labels } = origin;
  const { kind, ...said } = record;
  const place =
    delivery.kind === 'log'
      ? { project: delivery.project, service: delivery.service, container: delivery.container }
      : {};
  return `${JSON.stringify({ kind, id, device, labels, ...place, ...said })}\n`;
}

/** A line for each value. */
function metricLines({ id, origin, blocks }: MetricsDelivery): string {
  const { device, labels } = origin;
  const lines: string[] = [];
  for (const { series, moments } of blocks) {
    for (const { timeMs, values } of moments) {
      const time = new Date(timeMs).toISOString();
      for (const [at, value] of values.entries()) {
        const of: Series | undefined = series[at];
        if (value === null || of === undefined) continue;
        const said = { name: of.name, type: of.type, series: of.labels, value: shownNumber(value) };
        lines.push(`${JSON.stringify({ kind: 'metric', id, device, labels, time, ...said })}\n`);
      }
    }
  }
  return lines.join('');
}

/** JSON has no word for these. */
function shownNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value).replace('Infinity', 'Inf');
}
