/** Deliveries to send: of one container, or events and metrics of one device. */
import type { MetricBlock } from '../../../../core/telemetry/record/metrics.ts';
import type { GapRecord, LogRecord } from '../../../../core/telemetry/record/record.ts';
import type {
  EventDelivery,
  LogDelivery,
  MetricsDelivery,
  Origin,
} from '../../../../gateway/sinks/delivery.ts';

/** All lines are written from here on, a millisecond apart. */
export const startMs = Date.parse('2026-11-28T10:00:00Z');

export function originOf(origin: Partial<Origin> = {}): Origin {
  return {
    fleet: 'acme',
    device: 'pump-17',
    labels: { site: 'berlin' },
    groups: ['pumps'],
    commit: 'c'.repeat(40),
    commitMs: startMs + 60_000,
    ...origin,
  };
}

export const container = 'f00dfeed0123';

/** @param of what differs from a line of nothing special */
export function logDelivery(
  sequence: number,
  of: { readonly record?: Partial<LogRecord> | GapRecord; readonly origin?: Partial<Origin> } = {},
): LogDelivery {
  const origin = originOf(of.origin);
  const time = new Date(startMs + sequence).toISOString().replace('Z', '123456Z');
  const line = { kind: 'log', sequence, time, stream: 'stdout', text: `line ${sequence}` } as const;
  const record = of.record?.kind === 'gap' ? of.record : { ...line, ...of.record };
  const id = `${origin.device}/${container}/${sequence}`;
  return { kind: 'log', id, origin, project: 'shop', service: 'web', container, record };
}

export function logDeliveries(count: number, origin: Partial<Origin> = {}): LogDelivery[] {
  return Array.from({ length: count }, (_, number) => logDelivery(number + 1, { origin }));
}

export function eventDelivery(sequence: number, origin: Partial<Origin> = {}): EventDelivery {
  const from = originOf(origin);
  return {
    kind: 'event',
    id: `${from.device}/events/${sequence}`,
    origin: from,
    record: {
      kind: 'event',
      sequence,
      time: '2026-11-28T10:00:01.000000001Z',
      name: 'container.die',
      text: 'web of shop ended with 137',
      level: 'error',
      project: 'shop',
      service: 'web',
      container,
      fields: { exitCode: 137 },
    },
  };
}

const of = { id: container, name: 'shop-web-1' };

export function metricsDelivery(
  sequence: number,
  blocks: readonly MetricBlock[] = [metricBlock()],
  origin: Partial<Origin> = {},
): MetricsDelivery {
  const from = originOf(origin);
  return { kind: 'metrics', id: `${from.device}/metrics/${sequence}`, origin: from, blocks };
}

export function metricBlock(): MetricBlock {
  return {
    series: [
      { name: 'container_cpu_usage_seconds_total', type: 'counter', labels: of },
      { name: 'container_start_time_seconds', type: 'gauge', labels: of },
      { name: 'node_load1', type: 'gauge', labels: {} },
    ],
    moments: [
      { timeMs: startMs, values: [1.5, startMs / 1000 - 100, 0.25] },
      { timeMs: startMs + 15_000, values: [3, startMs / 1000 - 100, null] },
    ],
  };
}
