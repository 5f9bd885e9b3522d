/** Processes of this machine, from /proc (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // The process has ended meanwhile.
  }
}

/** Field 4 of stat; the name before it is in brackets and may hold anything. */
function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

/** Daemons of an engine (not a person's `docker` or `tail`) that have `folder` in their command line. */
function isDaemonOf(folder: string, pid: number): boolean {
  const commandLine = read(`/proc/${pid}/cmdline`);
  return (
    /^[^\0]*\b(?:dockerd|containerd|containerd-shim[\w-]*)\0/.test(commandLine) &&
    commandLine.includes(`${folder}/`)
  );
}

/** The engine's daemons whose files lie in `folder`, and all their descendants: containers too. */
export function processesOf(folder: string): number[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
  const found = new Set(all.filter(pid => isDaemonOf(folder, pid)));
  let before = -1;
  while (found.size > before) {
    before = found.size;
    for (const pid of all) if (found.has(parentOf(pid))) found.add(pid);
  }
  return [...found];
}
