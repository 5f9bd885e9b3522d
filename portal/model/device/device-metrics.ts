/** Series of a device over a while, as columns: times in seconds, then a column for each series. */
import { DeviceHistory } from '../../../core/telemetry/reading/device-history.ts';
import {
  type Point,
  rates,
  type SeriesOverTime,
  SeriesStore,
} from '../../../core/telemetry/reading/series.ts';
import type { DeviceMetricsQuery, Metrics } from '../../api/types.generated.ts';
import { askedMoment } from '../asked-moment.ts';
import type { Model } from '../model.ts';
import { cutWords } from './placed-entry.ts';

/** Of one answer: series, and names of series. */
const [mostSeries, mostNames] = [60, 2000];
const usualFrom = '1h';
const mostDoubts = 5;

/** @throws TowlineError PORTAL_MALFORMED; TRUST_OBJECT_SOURCE; the signal's reason */
export async function deviceMetrics(
  { seen, home }: Model,
  device: string,
  query: DeviceMetricsQuery,
  signal: AbortSignal,
): Promise<Metrics> {
  const { series: asked, from = usualFrom, to, points } = query;
  const nowMs = home.clock.now();
  const sinceMs = askedMoment(from, nowMs);
  const untilMs = to === undefined ? Number.POSITIVE_INFINITY : askedMoment(to, nowMs);
  const tip = home.telemetry.tips().get(device);
  if (tip === undefined) return { device, names: [], series: [], columns: [[]], doubtful: [] };
  const history = new DeviceHistory(home.telemetry.objects);
  const sshKey = seen.fleet.devices.get(device)?.value.keys?.ssh;
  const stretch = await history.stretch({ device, tip, sshKey, sinceMs }, signal);
  const names = new Set<string>();
  const parts = (asked ?? '').split(',').filter(Boolean);
  const store = new SeriesStore();
  for await (const piece of history.pieces(stretch, ({ kind }) => kind === 'metrics', signal)) {
    if (piece.kind !== 'metrics') continue;
    for (const block of piece.blocks) {
      for (const { name } of block.series) if (names.size < mostNames) names.add(name);
      store.add(block, ({ name }) => parts.length === 0 || parts.some(part => name.includes(part)), sinceMs);
    }
  }
  const shown = store.all.slice(0, mostSeries);
  return {
    ...{ device, names: [...names].sort(), doubtful: stretch.doubtful.slice(-mostDoubts) },
    ...(stretch.cutAt === undefined ? {} : { cut: cutWords }),
    series: shown.map(({ key, name, type }) => ({ key, name, type, ...unitOf(name) })),
    columns: columnsOf(
      shown.map(one => shownPoints(one, untilMs)),
      points,
    ),
  };
}

/** Of a counter, what it adds in a second: what it is says when its process began. */
function shownPoints({ type, points }: SeriesOverTime, untilMs: number): readonly Point[] {
  const within = points.filter(({ timeMs, value }) => timeMs <= untilMs && Number.isFinite(value));
  return type === 'counter' ? rates(within) : within;
}

/** By its name, as Prometheus has it ("Metric and label naming"). */
const unitOf = (name: string): { unit?: string } => {
  const [, unit] = /_(bytes|seconds|ratio|celsius|percent)(?:_total)?$/.exec(name) ?? [];
  return unit === undefined ? {} : { unit };
};

/** All series share one column of times; where there are more than may be shown, each stretch has the mean of its points. */
function columnsOf(series: readonly (readonly Point[])[], most: number): (number | null)[][] {
  const times = [...new Set(series.flatMap(points => points.map(({ timeMs }) => timeMs)))].sort(
    (a, b) => a - b,
  );
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const stepMs = times.length <= most ? 0 : Math.max(1, Math.ceil((last - first + 1) / most));
  const slotOf = (timeMs: number) =>
    stepMs === 0 ? timeMs : first + Math.floor((timeMs - first) / stepMs) * stepMs;
  const slots = [...new Set(times.map(slotOf))];
  const columns = series.map(points => {
    const sums = new Map<number, { sum: number; count: number }>();
    for (const { timeMs, value } of points) {
      const slot = sums.get(slotOf(timeMs)) ?? { sum: 0, count: 0 };
      sums.set(slotOf(timeMs), { sum: slot.sum + value, count: slot.count + 1 });
    }
    return slots.map(slot => {
      const found = sums.get(slot);
      return found === undefined ? null : found.sum / found.count;
    });
  });
  return [slots.map(slot => slot / 1000), ...columns];
}
