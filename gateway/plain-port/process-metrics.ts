import { counter, gauge, type Metric } from './metric.ts';

/** Of the gateway's own process. */
export function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage().rss),
    counter('process_cpu_seconds_total', 'User and system time.', (user + system) / 1e6),
  ];
}
