/** ExportMetricsServiceRequest (opentelemetry-proto 1.5, collector/metrics/v1 and metrics/v1). */
import type { MetricBlock, Moment } from '../../../core/telemetry/record/metrics.ts';
import type { MetricsDelivery, Origin } from '../delivery.ts';
import { instantOfMs } from '../instant.ts';
import {
  attribute,
  double,
  instant,
  message,
  newWriter,
  number,
  resource,
  scope,
  text,
  type Writer,
} from './protobuf.ts';
import { deviceResource } from './resource.ts';
import { StartTimes } from './start-times.ts';

/** Numbers of the fields. */
const metricField = { name: 1, gauge: 5, sum: 7 } as const;
const sumField = { points: 1, temporality: 2, isMonotonic: 3 } as const;
const pointField = { startTime: 2, time: 3, double: 4, attributes: 7 } as const;
const cumulative = 2;

/** Some moments of a block. */
export interface Piece {
  readonly delivery: MetricsDelivery;
  readonly block: MetricBlock;
  readonly moments: readonly Moment[];
  readonly points: number;
  /** Of its delivery. */
  readonly isLast: boolean;
}

/** A request has about so many points: some 1.5 MB. */
const maxPoints = 10_000;

export interface MetricRequest {
  readonly pieces: readonly Piece[];
  readonly points: number;
}

export function* metricRequests(batch: readonly MetricsDelivery[]): Generator<MetricRequest> {
  let open: Piece[] = [];
  let points = 0;
  for (const delivery of batch) {
    for (const piece of piecesOf(delivery)) {
      if (points > 0 && points + piece.points > maxPoints) {
        yield { pieces: open, points };
        open = [];
        points = 0;
      }
      open.push(piece);
      points += piece.points;
    }
  }
  if (open.length > 0) yield { pieces: open, points };
}

function piecesOf(delivery: MetricsDelivery): readonly Piece[] {
  const pieces = delivery.blocks.flatMap(block => {
    const { moments } = block;
    const each = Math.max(1, Math.floor(maxPoints / Math.max(1, block.series.length)));
    const count = Math.ceil(moments.length / each);
    return Array.from({ length: count }, (_, number) => {
      const part = moments.slice(number * each, (number + 1) * each);
      return { delivery, block, moments: part, points: pointsIn(part), isLast: false };
    });
  });
  const last = pieces.at(-1) ?? { delivery, block: { series: [], moments: [] }, moments: [], points: 0 };
  return [...pieces.slice(0, -1), { ...last, isLast: true }];
}

function pointsIn(moments: readonly Moment[]): number {
  return moments.reduce((sum, { values }) => sum + values.filter(value => value !== null).length, 0);
}

export function writeMetrics({ pieces }: MetricRequest): Uint8Array {
  const writer = newWriter();
  for (const piece of pieces) {
    if (piece.points > 0) message(writer, 1, inner => writeResource(inner, piece, piece.delivery.origin));
  }
  return writer.finish();
}

function writeResource(writer: Writer, { block, moments }: Piece, origin: Origin): void {
  resource(writer, 1, { 'service.name': 'towline', ...deviceResource(origin) });
  message(writer, 2, scopeMetrics => {
    scope(scopeMetrics, 1);
    const starts = new StartTimes(block);
    for (const [name, numbers] of byName(block)) {
      message(scopeMetrics, 2, metric => {
        text(metric, metricField.name, name);
        writeData(metric, numbers, { block, moments, starts });
      });
    }
  });
}

/** Metrics of one name are one kind: what names it first says which. */
function byName({ series }: MetricBlock): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>();
  for (const [number, { name }] of series.entries()) {
    const numbers = names.get(name);
    if (numbers === undefined) names.set(name, [number]);
    else numbers.push(number);
  }
  return names;
}

interface Data {
  readonly block: MetricBlock;
  readonly moments: readonly Moment[];
  readonly starts: StartTimes;
}

function writeData(writer: Writer, numbers: readonly number[], data: Data): void {
  const isSum = data.block.series[numbers[0] ?? 0]?.type === 'counter';
  message(writer, isSum ? metricField.sum : metricField.gauge, inner => {
    for (const { timeMs, values } of data.moments) {
      for (const each of numbers) {
        const value = values[each];
        if (value === null || value === undefined) continue;
        message(inner, sumField.points, point => {
          const start = isSum ? data.starts.of(each, values) : undefined;
          if (start !== undefined) instant(point, pointField.startTime, start);
          instant(point, pointField.time, instantOfMs(timeMs));
          double(point, pointField.double, value);
          const labels = data.block.series[each]?.labels ?? {};
          for (const entry of Object.entries(labels)) attribute(point, pointField.attributes, entry);
        });
      }
    }
    if (!isSum) return;
    number(inner, sumField.temporality, cumulative);
    number(inner, sumField.isMonotonic, 1);
  });
}
