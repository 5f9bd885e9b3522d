/** Processes of this machine, from /proc (proc(5)). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // The process has ended meanwhile.
  }
}

function allProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return []; // Another system.
  }
}

/** Fields of stat from the third on; the name before them is in brackets and may hold anything. */
function statusOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const parentOf = (pid: number): number => Number(statusOf(pid)[1] ?? 0);

/** When a process began, in ticks since boot: with its number it is no other's. Empty where it is not there. */
export const startOf = (pid: number): string => statusOf(pid)[19] ?? '';

/** Whether nothing of a process is left but its number. */
export const isGone = (pid: number): boolean => /^[ZX]?$/.test(statusOf(pid)[0] ?? '');

/** Those whose command line is such. */
export const processesWhere = (isOne: (words: readonly string[]) => boolean): number[] =>
  allProcesses().filter(pid => isOne(read(`/proc/${pid}/cmdline`).split('\0')));

/** Daemons of an engine (not a person's `docker` or `tail`) that have `folder` in their command line. */
function isDaemonOf(folder: string, pid: number): boolean {
  const commandLine = read(`/proc/${pid}/cmdline`);
  return (
    /^[^\0]*\b(?:dockerd|containerd|containerd-shim[\w-]*)\0/.test(commandLine) &&
    commandLine.includes(`${folder}/`)
  );
}

/** Those given and all that they, and theirs, have started and that still runs. */
export function withDescendants(pids: Iterable<number>): number[] {
  const all = allProcesses();
  const found = new Set(pids);
  let before = -1;
  while (found.size > before) {
    before = found.size;
    for (const pid of all) if (found.has(parentOf(pid))) found.add(pid);
  }
  return [...found];
}

/** The engine's daemons whose files lie in `folder`, and all their descendants: containers too. */
export function processesOf(folder: string): number[] {
  return withDescendants(allProcesses().filter(pid => isDaemonOf(folder, pid)));
}

/** Each child of a process, with the words of its command line. */
export function childrenOf(parent: number): { readonly pid: number; readonly words: readonly string[] }[] {
  return allProcesses()
    .filter(pid => parentOf(pid) === parent)
    .map(pid => ({ pid, words: read(`/proc/${pid}/cmdline`).split('\0') }));
}

/** What its stdout and stderr are: `socket:[1234]`, `pipe:[1234]`, a path. */
export function outputsOf(pid: number): string[] {
  return [1, 2].flatMap(descriptor => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
}

/** All processes whose stdout or stderr is one of them. */
export function writersTo(outputs: readonly string[]): number[] {
  return allProcesses().filter(pid => outputsOf(pid).some(output => outputs.includes(output)));
}

/** SIGKILL; those that have ended meanwhile are left. */
export function killAll(pids: Iterable<number>): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}
