/** How busy a device is, from its newest metrics: node-exporter's and cAdvisor's names. */
import { type Point, rates, type SeriesOverTime } from '../../core/telemetry/reading/series.ts';

export interface ContainerLoad {
  readonly name: string;
  /** Processors. */
  readonly cpu: number;
  readonly memoryBytes: number | undefined;
}

export interface DeviceLoad {
  /** Newest moment, milliseconds since the epoch. */
  readonly timeMs: number;
  /** Parts of 1. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  /** Of the file system that is fullest. */
  readonly disk: number | undefined;
  readonly load1: number | undefined;
  readonly celsius: number | undefined;
  /** The busiest first. */
  readonly containers: readonly ContainerLoad[];
}

const looked =
  /^(?:node_cpu_seconds_total|node_memory_Mem(?:Total|Available)_bytes|node_filesystem_(?:size|avail)_bytes|node_load1|node_hwmon_temp_celsius|node_thermal_zone_temp|container_cpu_usage_seconds_total|container_memory_working_set_bytes)$/;

export function isLoad({ name }: { readonly name: string }): boolean {
  return looked.test(name);
}

/** @returns undefined: it has sent none */
export function loadOf(all: readonly SeriesOverTime[]): DeviceLoad | undefined {
  const timeMs = Math.max(...all.map(({ points }) => points.at(-1)?.timeMs ?? 0));
  if (all.length === 0) return undefined;
  const named = (name: string) => all.filter(series => series.name === name);
  const value = (name: string) => last(named(name)[0]?.points);
  const [total, available] = [value('node_memory_MemTotal_bytes'), value('node_memory_MemAvailable_bytes')];
  const celsius = [...named('node_hwmon_temp_celsius'), ...named('node_thermal_zone_temp')].flatMap(
    ({ points }) => last(points) ?? [],
  );
  return {
    timeMs,
    cpu: busy(named('node_cpu_seconds_total')),
    memory: total === undefined || available === undefined || total === 0 ? undefined : 1 - available / total,
    disk: fullest(named('node_filesystem_size_bytes'), named('node_filesystem_avail_bytes')),
    load1: value('node_load1'),
    celsius: celsius.length === 0 ? undefined : Math.max(...celsius),
    containers: containersOf(all, timeMs),
  };
}

const last = (points: readonly Point[] | undefined): number | undefined => points?.at(-1)?.value;

/** What is not idle of all processors, between the newest two moments. */
function busy(modes: readonly SeriesOverTime[]): number | undefined {
  let [idle, all] = [0, 0];
  for (const { labels, points } of modes) {
    const rate = last(rates(points.slice(-2))) ?? 0;
    all += rate;
    if (labels.mode === 'idle' || labels.mode === 'iowait') idle += rate;
  }
  return all === 0 ? undefined : 1 - idle / all;
}

function fullest(sizes: readonly SeriesOverTime[], free: readonly SeriesOverTime[]): number | undefined {
  const available = new Map(free.map(({ labels, points }) => [JSON.stringify(labels), last(points)]));
  const used = sizes.flatMap(({ labels, points }) => {
    const [size, left] = [last(points), available.get(JSON.stringify(labels))];
    return size === undefined || left === undefined || size === 0 ? [] : [1 - left / size];
  });
  return used.length === 0 ? undefined : Math.max(...used);
}

/** Those that the newest moment still has. */
function containersOf(all: readonly SeriesOverTime[], timeMs: number): ContainerLoad[] {
  const memory = new Map(
    all
      .filter(({ name }) => name === 'container_memory_working_set_bytes')
      .map(({ labels, points }) => [labels.container, last(points)]),
  );
  return all
    .filter(
      ({ name, points }) => name === 'container_cpu_usage_seconds_total' && points.at(-1)?.timeMs === timeMs,
    )
    .map(({ labels, points }) => ({
      name: labels.service ?? labels.container ?? '?',
      cpu: last(rates(points.slice(-2))) ?? 0,
      memoryBytes: memory.get(labels.container),
    }))
    .toSorted((a, b) => b.cpu - a.cpu);
}
