/** What one process of this machine takes, and what a folder holds. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface ProcessReading {
  readonly pssBytes: number;
  readonly descriptors: number;
  readonly cpuMs: number;
  /** When it began, in ticks since boot: with its number, one life. */
  readonly started: string;
  readonly ageMs: number;
}

/** USER_HZ of every Linux that Node runs on. */
const ticksPerSecond = 100;

const uptimeMs = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;

/** @param folder of it, below a /proc. @returns undefined: it has ended */
export function readProcess(folder: string): ProcessReading | undefined {
  try {
    const stat = readFileSync(`${folder}/stat`, 'utf8');
    // Its name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user = '0', system = '0', started = '0'] = [fields[11], fields[12], fields[19]];
    const rollup = readFileSync(`${folder}/smaps_rollup`, 'utf8');
    return {
      pssBytes: Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024,
      descriptors: readdirSync(`${folder}/fd`).length,
      cpuMs: ((Number(user) + Number(system)) * 1000) / ticksPerSecond,
      started,
      ageMs: uptimeMs() - (Number(started) * 1000) / ticksPerSecond,
    };
  } catch {
    return undefined;
  }
}

/** Bytes that the files of a folder take on the disk; what goes away meanwhile counts nothing. */
export function bytesBelow(folder: string): number {
  let total = 0;
  for (const name of namesIn(folder)) {
    try {
      const found = statSync(path.join(folder, name));
      if (found.isFile()) total += found.blocks * 512;
    } catch {
      // Gone.
    }
  }
  return total;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
