/** The machine's facts, without which a figure says nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg, release, totalmem } from 'node:os';

/** @returns name → value, as a person reads them. */
export function machineFacts(): ReadonlyMap<string, string> {
  const gibibytes = totalmem() / 1024 ** 3;
  return new Map([
    ['cores', `${availableParallelism()} (${processor()})`],
    ['memory', `${gibibytes.toFixed(1)} GiB`],
    ['load of the last minute, at the end', (loadavg()[0] ?? 0).toFixed(1)],
    ['kernel', release()],
    ['Node', process.version],
    ['git', version('git', ['--version'])],
    ['nginx', version('nginx', ['-v'])],
  ]);
}

function processor(): string {
  return /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown';
}

function version(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? 'not here';
}
