/** What a container has used, from wherever it is known → samples by cAdvisor's names. */
import { counter, gauge, type Labels, type Sample } from '../series/sample.ts';

/** Absent: not known of this container. Counters since it was started. */
export interface Usage {
  readonly cpu?: CpuUsage;
  readonly memory?: MemoryUsage;
  /** Bytes from and to disks. */
  readonly disk?: { readonly read: number; readonly written: number };
  readonly processes?: number;
  /** How often the kernel ended one of its processes for want of memory. */
  readonly outOfMemory?: number;
  readonly network?: readonly NetworkUsage[];
}

export interface CpuUsage {
  readonly totalSeconds: number;
  readonly userSeconds?: number;
  readonly systemSeconds?: number;
  /** Where it has a quota. */
  readonly throttling?: { readonly periods: number; readonly throttled: number; readonly seconds: number };
}

export interface MemoryUsage {
  readonly usageBytes: number;
  /** What the kernel could not take back at once, as cAdvisor has it: usage without inactive pages of files. */
  readonly workingSetBytes: number;
  readonly rssBytes?: number;
  readonly cacheBytes?: number;
}

export interface NetworkUsage {
  readonly interface: string;
  readonly received: Traffic;
  readonly sent: Traffic;
}

export interface Traffic {
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

const maxInterfaces = 8;

export function usageSamples(usage: Usage, labels: Labels): Sample[] {
  const { cpu, memory, disk, processes, outOfMemory, network = [] } = usage;
  return [
    ...(cpu === undefined ? [] : cpuSamples(cpu, labels)),
    ...(memory === undefined ? [] : memorySamples(memory, labels)),
    ...known(outOfMemory, value => counter('container_oom_events_total', value, labels)),
    ...known(processes, value => gauge('container_processes', value, labels)),
    ...known(disk?.read, value => counter('container_fs_reads_bytes_total', value, labels)),
    ...known(disk?.written, value => counter('container_fs_writes_bytes_total', value, labels)),
    ...network.slice(0, maxInterfaces).flatMap(each => networkSamples(each, labels)),
  ];
}

function cpuSamples(
  { totalSeconds, userSeconds, systemSeconds, throttling }: CpuUsage,
  labels: Labels,
): Sample[] {
  return [
    counter('container_cpu_usage_seconds_total', totalSeconds, labels),
    ...known(userSeconds, value => counter('container_cpu_user_seconds_total', value, labels)),
    ...known(systemSeconds, value => counter('container_cpu_system_seconds_total', value, labels)),
    ...(throttling === undefined || throttling.periods === 0
      ? []
      : [
          counter('container_cpu_cfs_periods_total', throttling.periods, labels),
          counter('container_cpu_cfs_throttled_periods_total', throttling.throttled, labels),
          counter('container_cpu_cfs_throttled_seconds_total', throttling.seconds, labels),
        ]),
  ];
}

function memorySamples(
  { usageBytes, workingSetBytes, rssBytes, cacheBytes }: MemoryUsage,
  labels: Labels,
): Sample[] {
  return [
    gauge('container_memory_usage_bytes', usageBytes, labels),
    gauge('container_memory_working_set_bytes', workingSetBytes, labels),
    ...known(rssBytes, value => gauge('container_memory_rss', value, labels)),
    ...known(cacheBytes, value => gauge('container_memory_cache', value, labels)),
  ];
}

function networkSamples({ interface: name, received, sent }: NetworkUsage, labels: Labels): Sample[] {
  const on = { ...labels, interface: name.slice(0, 64) };
  return [
    counter('container_network_receive_bytes_total', received.bytes, on),
    counter('container_network_receive_errors_total', received.errors, on),
    counter('container_network_receive_packets_dropped_total', received.dropped, on),
    counter('container_network_transmit_bytes_total', sent.bytes, on),
    counter('container_network_transmit_errors_total', sent.errors, on),
    counter('container_network_transmit_packets_dropped_total', sent.dropped, on),
  ];
}

function known(value: number | undefined, sample: (value: number) => Sample): Sample[] {
  return value === undefined ? [] : [sample(value)];
}

/** @param inactiveFileBytes of cgroup v2 `inactive_file`, of v1 `total_inactive_file` */
export function workingSet(usageBytes: number, inactiveFileBytes: number | undefined): number {
  return Math.max(0, usageBytes - (inactiveFileBytes ?? 0));
}
