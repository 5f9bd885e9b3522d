/** Series of one device over a while, from the moments of its metrics. */
import type { MetricBlock, Series } from '../record/metrics.ts';

export interface Point {
  readonly timeMs: number;
  readonly value: number;
}

export interface SeriesOverTime extends Series {
  /** `name{label="value",…}` */
  readonly key: string;
  readonly points: readonly Point[];
}

/** Of one device; what is beyond is counted. */
const mostPoints = 2_000_000;

export class SeriesStore {
  readonly #series = new Map<string, Series & { readonly key: string; readonly points: Point[] }>();
  #points = 0;
  leftOut = 0;

  /** @param wants series that are looked at */
  add({ series, moments }: MetricBlock, wants: (series: Series) => boolean, sinceMs: number): void {
    const kept = series.map(one => (wants(one) ? this.#of(one) : undefined));
    for (const { timeMs, values } of moments) {
      if (timeMs < sinceMs) continue;
      for (const [at, value] of values.entries()) {
        const points = kept[at]?.points;
        if (points === undefined || value === null) continue;
        if (this.#points >= mostPoints) this.leftOut += 1;
        else {
          points.push({ timeMs, value });
          this.#points += 1;
        }
      }
    }
  }

  #of(one: Series) {
    const key = keyOf(one);
    const known = this.#series.get(key) ?? { ...one, key, points: [] };
    this.#series.set(key, known);
    return known;
  }

  /** By name and labels; points by time, one for each. */
  get all(): SeriesOverTime[] {
    const sorted = [...this.#series.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return sorted
      .filter(({ points }) => points.length > 0)
      .map(series => ({ ...series, points: onePerTime(series.points) }));
  }
}

export function keyOf({ name, labels }: Series): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return name;
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}

/** What was sent twice after a crash of the agent is one. */
function onePerTime(points: readonly Point[]): Point[] {
  return [...new Map(points.map(point => [point.timeMs, point])).values()].sort(
    (a, b) => a.timeMs - b.timeMs,
  );
}

/** Of a counter: what was added in each second since the point before; one that began anew has added what it is now. */
export function rates(points: readonly Point[]): Point[] {
  return points.slice(1).map((point, at) => {
    const before = points[at] ?? point;
    const added = point.value >= before.value ? point.value - before.value : point.value;
    return { timeMs: point.timeMs, value: added / ((point.timeMs - before.timeMs) / 1000) };
  });
}

const bars = '▁▂▃▄▅▆▇█';

/** A bar for each stretch of time: the mean of its points; a blank where there are none. */
export function sparkline(points: readonly Point[], width: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const [least, most] = finite.reduce(
    ([low, high], { value }) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const span = Math.max(1, last.timeMs - first.timeMs);
  const cells = Array.from({ length: Math.min(width, points.length) }, () => ({ sum: 0, count: 0 }));
  for (const { timeMs, value } of finite) {
    const cell =
      cells[Math.min(cells.length - 1, Math.floor(((timeMs - first.timeMs) / span) * cells.length))];
    if (cell === undefined) continue;
    cell.sum += value;
    cell.count += 1;
  }
  return cells
    .map(({ sum, count }) => {
      if (count === 0) return ' ';
      const height = most === least ? 0 : (sum / count - least) / (most - least);
      return bars[Math.min(bars.length - 1, Math.floor(height * bars.length))];
    })
    .join('');
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** @param name whose unit its end says (Prometheus, "Metric and label naming") */
export function shownValue(name: string, value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (!/_bytes(?:_total)?$/.test(name)) return String(Number(value.toPrecision(4)));
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10));
  return `${Number((value / 1024 ** power).toPrecision(4))} ${units[power]}`;
}
