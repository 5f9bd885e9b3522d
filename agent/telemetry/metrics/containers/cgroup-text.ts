/** Files of a container's control group → what it has used. Pure: texts in, by their names; what is not there is not known. */
import { type CpuUsage, type MemoryUsage, type Usage, workingSet } from './usage.ts';

/** `name value` in each line (flat keyed). */
export function readFlat(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    const value = Number(line.slice(space + 1));
    if (space > 0 && Number.isFinite(value)) found.set(line.slice(0, space), value);
  }
  return found;
}

/** A number that stands alone; `max` is none. */
export function readSingle(text: string | undefined): number | undefined {
  const word = text?.trim() ?? '';
  return /^\d{1,20}$/.test(word) ? Number(word) : undefined;
}

/** Files of cgroup v2, kernel's "Control Group v2". */
export interface UnifiedTexts {
  readonly 'cpu.stat': string | undefined;
  readonly 'memory.current': string | undefined;
  readonly 'memory.stat': string | undefined;
  readonly 'memory.events': string | undefined;
  readonly 'io.stat': string | undefined;
  readonly 'pids.current': string | undefined;
}

const microseconds = 1e6;
const nanoseconds = 1e9;
/** USER_HZ. */
const ticks = 100;

export function readUnified(texts: UnifiedTexts): Usage {
  const cpu = readFlat(texts['cpu.stat'] ?? '');
  const total = cpu.get('usage_usec');
  const usageBytes = readSingle(texts['memory.current']);
  const stat = readFlat(texts['memory.stat'] ?? '');
  const outOfMemory = readFlat(texts['memory.events'] ?? '').get('oom_kill');
  const processes = readSingle(texts['pids.current']);
  const io = texts['io.stat'];
  return {
    ...(total === undefined ? {} : { cpu: unifiedCpu(total, cpu) }),
    ...(usageBytes === undefined
      ? {}
      : { memory: memoryOf(usageBytes, stat, ['anon', 'file', 'inactive_file']) }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
    ...(io === undefined ? {} : { disk: readIoStat(io) }),
    ...(processes === undefined ? {} : { processes }),
  };
}

function unifiedCpu(total: number, cpu: ReadonlyMap<string, number>): CpuUsage {
  return {
    totalSeconds: total / microseconds,
    userSeconds: (cpu.get('user_usec') ?? 0) / microseconds,
    systemSeconds: (cpu.get('system_usec') ?? 0) / microseconds,
    throttling: {
      periods: cpu.get('nr_periods') ?? 0,
      throttled: cpu.get('nr_throttled') ?? 0,
      seconds: (cpu.get('throttled_usec') ?? 0) / microseconds,
    },
  };
}

/** `8:0 rbytes=1 wbytes=2 rios=… …` for each disk. */
export function readIoStat(text: string): { read: number; written: number } {
  const sum = (key: string): number =>
    [...text.matchAll(new RegExp(`(?:^| )${key}=(\\d{1,20})(?= |$)`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return { read: sum('rbytes'), written: sum('wbytes') };
}

/** Files of the controllers of cgroup v1; a `total_…` of memory.stat is that of the group with all below it. */
export interface LegacyTexts {
  readonly 'cpuacct.usage': string | undefined;
  readonly 'cpuacct.stat': string | undefined;
  readonly 'cpu.stat': string | undefined;
  readonly 'memory.usage_in_bytes': string | undefined;
  readonly 'memory.stat': string | undefined;
  readonly 'memory.oom_control': string | undefined;
  readonly 'blkio.throttle.io_service_bytes': string | undefined;
  readonly 'pids.current': string | undefined;
}

export function readLegacy(texts: LegacyTexts): Usage {
  const total = readSingle(texts['cpuacct.usage']);
  const usageBytes = readSingle(texts['memory.usage_in_bytes']);
  const stat = readFlat(texts['memory.stat'] ?? '');
  const outOfMemory = readFlat(texts['memory.oom_control'] ?? '').get('oom_kill');
  const processes = readSingle(texts['pids.current']);
  const io = texts['blkio.throttle.io_service_bytes'];
  const names = ['total_rss', 'total_cache', 'total_inactive_file'] as const;
  return {
    ...(total === undefined ? {} : { cpu: legacyCpu(total, texts) }),
    ...(usageBytes === undefined ? {} : { memory: memoryOf(usageBytes, stat, names) }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
    ...(io === undefined ? {} : { disk: readServiceBytes(io) }),
    ...(processes === undefined ? {} : { processes }),
  };
}

function legacyCpu(total: number, texts: LegacyTexts): CpuUsage {
  const stat = readFlat(texts['cpuacct.stat'] ?? '');
  const [user, system] = [stat.get('user'), stat.get('system')];
  const throttling = readFlat(texts['cpu.stat'] ?? '');
  return {
    totalSeconds: total / nanoseconds,
    ...(user === undefined ? {} : { userSeconds: user / ticks }),
    ...(system === undefined ? {} : { systemSeconds: system / ticks }),
    throttling: {
      periods: throttling.get('nr_periods') ?? 0,
      throttled: throttling.get('nr_throttled') ?? 0,
      seconds: (throttling.get('throttled_time') ?? 0) / nanoseconds,
    },
  };
}

/** `8:0 Read 4096`, a line for each disk and operation, then `Total 4096`. */
export function readServiceBytes(text: string): { read: number; written: number } {
  let [read, written] = [0, 0];
  for (const line of text.split('\n')) {
    const [, operation, amount] = /^\d{1,6}:\d{1,6} (Read|Write) (\d{1,20})$/.exec(line) ?? [];
    if (operation === 'Read') read += Number(amount);
    if (operation === 'Write') written += Number(amount);
  }
  return { read, written };
}

function memoryOf(
  usageBytes: number,
  stat: ReadonlyMap<string, number>,
  [rssName, cacheName, inactiveName]: readonly [string, string, string],
): MemoryUsage {
  const rssBytes = stat.get(rssName);
  const cacheBytes = stat.get(cacheName);
  return {
    usageBytes,
    workingSetBytes: workingSet(usageBytes, stat.get(inactiveName)),
    ...(rssBytes === undefined ? {} : { rssBytes }),
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
  };
}
