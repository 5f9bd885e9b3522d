/** What a process and its children have used, read from /proc or counted by the kernel for a group of processes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';

/** Linux has counted a hundred of these a second since for ever (USER_HZ). */
const ticksPerSecond = 100;

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** CPU seconds of `pid` and of all below it, those that have ended included. */
export function cpuSeconds(pid: number): number {
  const rows = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => readRow(Number(name)));
  const members = new Set([pid]);
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  const ticks = rows.filter(row => members.has(row.pid)).reduce((sum, row) => sum + row.ticks, 0);
  return ticks / ticksPerSecond;
}

/**
 * CPU time of a group of processes, whoever waits for them: fcgiwrap ignores its children, so that their time is
 * nobody's in /proc. cgroup version 1 or 2; as root.
 */
export class CpuGroup implements Disposable {
  /** Of its hierarchy. */
  readonly folder: string;
  readonly #legacy: boolean;

  constructor(name: string) {
    this.#legacy = existsSync('/sys/fs/cgroup/cpuacct/cgroup.procs');
    this.folder = this.#legacy ? `/sys/fs/cgroup/cpuacct/${name}` : `/sys/fs/cgroup/${name}`;
    mkdirSync(this.folder);
  }

  /** Where a process writes its id to be counted with all that it starts. */
  get door(): string {
    return `${this.folder}/cgroup.procs`;
  }

  seconds(): number {
    if (this.#legacy) return Number(readFileSync(`${this.folder}/cpuacct.usage`, 'utf8')) / 1e9;
    const text = readFileSync(`${this.folder}/cpu.stat`, 'utf8');
    return Number(/usage_usec (\d+)/.exec(text)?.[1] ?? Number.NaN) / 1e6;
  }

  [Symbol.dispose](): void {
    rmdirSync(this.folder);
  }
}

/** Resident bytes of one process. */
export function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** The most that one process has ever had resident, bytes. */
export function peakResidentBytes(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function readRow(pid: number): Row[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
    return [{ pid, parent: fields[1] ?? 0, ticks }];
  } catch {
    return [];
  }
}
