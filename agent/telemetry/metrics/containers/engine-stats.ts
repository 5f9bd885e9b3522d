/** The engine's one-shot statistics of a container (`GET /containers/{id}/stats`) → what it has used. */
import {
  dictionary,
  list,
  members,
  nullable,
  number,
  optional,
  type Shape,
  text,
} from '../../../runtime/engine/answer-shape.ts';
import { type MemoryUsage, type NetworkUsage, type Usage, workingSet } from './usage.ts';

interface Interface {
  readonly rx_bytes?: number | undefined;
  readonly rx_errors?: number | undefined;
  readonly rx_dropped?: number | undefined;
  readonly tx_bytes?: number | undefined;
  readonly tx_errors?: number | undefined;
  readonly tx_dropped?: number | undefined;
}

interface BlockEntry {
  readonly op: string;
  readonly value: number;
}

/** Nanoseconds and bytes. */
export interface EngineStats {
  readonly cpu_stats?: CpuStats | undefined;
  readonly memory_stats?: MemoryStats | undefined;
  readonly blkio_stats?:
    | { readonly io_service_bytes_recursive?: readonly BlockEntry[] | null | undefined }
    | undefined;
  readonly pids_stats?: { readonly current?: number | undefined } | undefined;
  readonly networks?: Readonly<Record<string, Interface>> | undefined;
}

interface CpuStats {
  readonly cpu_usage: {
    readonly total_usage: number;
    readonly usage_in_usermode?: number | undefined;
    readonly usage_in_kernelmode?: number | undefined;
  };
  readonly throttling_data?:
    | {
        readonly periods?: number | undefined;
        readonly throttled_periods?: number | undefined;
        readonly throttled_time?: number | undefined;
      }
    | undefined;
}

interface MemoryStats {
  readonly usage?: number | undefined;
  readonly stats?: Readonly<Record<string, number>> | undefined;
}

const some = optional(number);

export const engineStats: Shape<EngineStats> = members<EngineStats>({
  cpu_stats: optional(
    members<CpuStats>({
      cpu_usage: members({ total_usage: number, usage_in_usermode: some, usage_in_kernelmode: some }),
      throttling_data: optional(members({ periods: some, throttled_periods: some, throttled_time: some })),
    }),
  ),
  memory_stats: optional(members<MemoryStats>({ usage: some, stats: optional(dictionary(number)) })),
  blkio_stats: optional(
    members({ io_service_bytes_recursive: optional(nullable(list(members({ op: text, value: number })))) }),
  ),
  pids_stats: optional(members({ current: some })),
  networks: optional(
    dictionary(
      members<Interface>({
        ...{ rx_bytes: some, rx_errors: some, rx_dropped: some },
        ...{ tx_bytes: some, tx_errors: some, tx_dropped: some },
      }),
    ),
  ),
});

const second = 1e9;

/** Of a container that has ended in between everything is absent or zero: nothing is known then. */
export function usageOfStats(stats: EngineStats): Usage {
  const memory = memoryOf(stats.memory_stats);
  // An engine says null where another says nothing: both are absent.
  const cpu = stats.cpu_stats ?? undefined;
  if (memory === undefined && (cpu?.cpu_usage.total_usage ?? 0) === 0) return {};
  const blocks = stats.blkio_stats?.io_service_bytes_recursive ?? undefined;
  const processes = stats.pids_stats?.current ?? undefined;
  return {
    ...(cpu === undefined ? {} : { cpu: cpuOf(cpu) }),
    ...(memory === undefined ? {} : { memory }),
    ...(blocks === undefined ? {} : { disk: diskOf(blocks) }),
    ...(processes === undefined ? {} : { processes }),
    network: Object.entries(stats.networks ?? {}).map(networkOf),
  };
}

function cpuOf({ cpu_usage: usage, throttling_data: throttling }: CpuStats): NonNullable<Usage['cpu']> {
  const { total_usage: total, usage_in_usermode: user, usage_in_kernelmode: kernel } = usage;
  return {
    totalSeconds: total / second,
    ...(typeof user === 'number' ? { userSeconds: user / second } : {}),
    ...(typeof kernel === 'number' ? { systemSeconds: kernel / second } : {}),
    throttling: {
      periods: throttling?.periods ?? 0,
      throttled: throttling?.throttled_periods ?? 0,
      seconds: (throttling?.throttled_time ?? 0) / second,
    },
  };
}

function memoryOf(memory: MemoryStats | undefined): MemoryUsage | undefined {
  const usage = memory?.usage ?? undefined;
  if (usage === undefined) return undefined;
  const stats = memory?.stats ?? {};
  const rss = stats.total_rss ?? stats.anon;
  const cache = stats.total_cache ?? stats.file;
  return {
    usageBytes: usage,
    workingSetBytes: workingSet(usage, stats.total_inactive_file ?? stats.inactive_file),
    ...(rss === undefined ? {} : { rssBytes: rss }),
    ...(cache === undefined ? {} : { cacheBytes: cache }),
  };
}

/** `Read` with cgroup v1, `read` with v2. */
function diskOf(blocks: readonly BlockEntry[]): { read: number; written: number } {
  const sum = (wanted: string): number =>
    blocks.filter(({ op }) => op.toLowerCase() === wanted).reduce((total, { value }) => total + value, 0);
  return { read: sum('read'), written: sum('write') };
}

function networkOf([name, each]: [string, Interface]): NetworkUsage {
  return {
    interface: name,
    received: { bytes: each.rx_bytes ?? 0, errors: each.rx_errors ?? 0, dropped: each.rx_dropped ?? 0 },
    sent: { bytes: each.tx_bytes ?? 0, errors: each.tx_errors ?? 0, dropped: each.tx_dropped ?? 0 },
  };
}
