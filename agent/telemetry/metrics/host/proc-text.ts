/** Texts of /proc → samples, by node-exporter's names. Pure: a line that is not in its form says nothing. */
import { counter, gauge, type Sample } from '../series/sample.ts';

/** USER_HZ: what the kernel tells user space on every architecture. */
const ticksPerSecond = 100;
const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const maxCpus = 64;

/** Words of a line; none of a text is longer than the file. */
const wordsOf = (line: string): string[] => line.trim().split(/\s+/);
const linesOf = (text: string): string[] => text.split('\n');

function finite(word: string | undefined): number | undefined {
  if (word === undefined || word === '') return undefined;
  const value = Number(word);
  return Number.isFinite(value) ? value : undefined;
}

/** /proc/stat: seconds of each CPU by mode, and when the system was started. */
export function readProcStat(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of linesOf(text)) {
    const [name = '', ...words] = wordsOf(line.slice(0, 1000));
    if (name === 'btime') {
      const seconds = finite(words[0]);
      if (seconds !== undefined) samples.push(gauge('node_boot_time_seconds', seconds));
    }
    const cpu = /^cpu(\d{1,4})$/.exec(name)?.[1];
    if (cpu === undefined || Number(cpu) >= maxCpus) continue;
    for (const [index, mode] of modes.entries()) {
      const ticks = finite(words[index]);
      if (ticks !== undefined)
        samples.push(counter('node_cpu_seconds_total', ticks / ticksPerSecond, { cpu, mode }));
    }
  }
  return samples;
}

const memoryNames: ReadonlySet<string> = new Set([
  ...['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SwapTotal', 'SwapFree'],
]);

/** /proc/meminfo. */
export function readMeminfo(text: string): Sample[] {
  return linesOf(text).flatMap(line => {
    const [name = '', amount, unit] = wordsOf(line.replace(':', ' '));
    const value = finite(amount);
    if (!memoryNames.has(name) || value === undefined) return [];
    return [gauge(`node_memory_${name}_bytes`, unit === 'kB' ? value * 1024 : value)];
  });
}

/** /proc/loadavg. */
export function readLoad(text: string): Sample[] {
  return wordsOf(text)
    .slice(0, 3)
    .flatMap((word, index) => {
      const value = finite(word);
      return value === undefined ? [] : [gauge(`node_load${[1, 5, 15][index]}`, value)];
    });
}

/** What one interface has sent and received. */
export interface InterfaceCounts {
  readonly name: string;
  readonly received: InterfaceTraffic;
  readonly sent: InterfaceTraffic;
}

export interface InterfaceTraffic {
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

/** /proc/<pid>/net/dev: two lines of heading, then `name: rx bytes packets errs drop …(8) tx bytes packets errs drop …`. */
export function readNetDev(text: string): InterfaceCounts[] {
  return linesOf(text).flatMap(line => {
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const numbers = wordsOf(line.slice(colon + 1)).map(Number);
    if (name === '' || name.includes('|') || numbers.length < 12 || !numbers.every(Number.isFinite))
      return [];
    const traffic = (at: number): InterfaceTraffic => ({
      bytes: numbers[at] ?? 0,
      errors: numbers[at + 2] ?? 0,
      dropped: numbers[at + 3] ?? 0,
    });
    return [{ name, received: traffic(0), sent: traffic(8) }];
  });
}

/** Ends of containers, bridges between them, and the machine talking to itself: containers have figures of their own. */
const ownInterfaces = /^(?:lo|veth|br-|docker|podman|cni|virbr|vnet|cali|flannel|dummy|ifb|tunl|sit)/;
const maxInterfaces = 16;

export function networkSamples(counts: readonly InterfaceCounts[]): Sample[] {
  return counts
    .filter(({ name }) => !ownInterfaces.test(name))
    .slice(0, maxInterfaces)
    .flatMap(({ name: device, received, sent }) => [
      counter('node_network_receive_bytes_total', received.bytes, { device }),
      counter('node_network_receive_errs_total', received.errors, { device }),
      counter('node_network_receive_drop_total', received.dropped, { device }),
      counter('node_network_transmit_bytes_total', sent.bytes, { device }),
      counter('node_network_transmit_errs_total', sent.errors, { device }),
      counter('node_network_transmit_drop_total', sent.dropped, { device }),
    ]);
}

const sectorBytes = 512;
const maxDisks = 16;

/** Loops, memory and pieces of disks are left out. @param name as in /sys/block */
export function isDisk(name: string): boolean {
  return /^(?:sd|hd|vd|xvd|nvme|mmcblk|md|nbd)[a-z0-9]{0,12}$/.test(name) && !/boot\d$|rpmb$/.test(name);
}

/** `/sys/block/<name>/stat` of each disk. */
export function diskSamples(stats: ReadonlyMap<string, string>): Sample[] {
  return [...stats].slice(0, maxDisks).flatMap(([device, text]) => {
    const numbers = wordsOf(text).map(Number);
    const [reads, , sectorsRead, , writes, , sectorsWritten, , , ioMs] = numbers;
    if (numbers.length < 10 || !numbers.every(Number.isFinite)) return [];
    return [
      counter('node_disk_reads_completed_total', reads ?? 0, { device }),
      counter('node_disk_read_bytes_total', (sectorsRead ?? 0) * sectorBytes, { device }),
      counter('node_disk_writes_completed_total', writes ?? 0, { device }),
      counter('node_disk_written_bytes_total', (sectorsWritten ?? 0) * sectorBytes, { device }),
      counter('node_disk_io_time_seconds_total', (ioMs ?? 0) / 1000, { device }),
    ];
  });
}
