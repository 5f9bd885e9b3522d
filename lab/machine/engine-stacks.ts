/** What a daemon that no longer answers waits for: its goroutines, and where the kernel holds its threads. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of a daemon with a hundred containers it is some megabytes. */
const maxDumpBytes = 50_000_000;
const dumpWaitMs = 3000;
const maxLines = 200;

/** dockerd writes `goroutine-stacks-<time>.log` there on SIGUSR1. */
function dumps(execRoot: string): string[] {
  try {
    return readdirSync(execRoot).filter(name => name.startsWith('goroutine-stacks-'));
  } catch {
    return [];
  }
}

/** The goroutines that wait for a lock, then those that have waited for minutes; at most 200 lines. */
export function blockedGoroutines(dump: string): string {
  const all = dump.split('\n\n').filter(stack => stack.startsWith('goroutine '));
  const head = (stack: string) => stack.slice(0, stack.indexOf('\n'));
  const locked = all.filter(stack => /\[(?:semacquire|sync\.)/.test(head(stack)));
  const long = all.filter(stack => !locked.includes(stack) && /\d+ minutes/.test(head(stack)));
  const lines = [...locked, ...long].join('\n\n').split('\n');
  const cut = lines.length > maxLines ? [`… and ${lines.length - maxLines} lines more`] : [];
  return [
    `${all.length} goroutines, ${locked.length} of them wait for a lock`,
    ...lines.slice(0, maxLines),
    ...cut,
  ].join('\n');
}

/** `3 × futex_wait_queue`: the kernel functions in which the threads of a process wait (proc(5)). */
function waitingIn(pid: number): string {
  const counts = new Map<string, number>();
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const state = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))?.[1];
      const where = readFileSync(`/proc/${pid}/task/${thread}/wchan`, 'utf8');
      const key = `${state} ${where}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  } catch {
    // It ended meanwhile.
  }
  return [...counts].map(([key, count]) => `${count} × ${key}`).join(', ');
}

/** Never throws: where there is no dump (a stopped process writes none) it says so. */
export async function engineStacks(pid: number, execRoot: string): Promise<string> {
  const threads = `threads of ${pid}: ${waitingIn(pid)}`;
  const before = new Set(dumps(execRoot));
  try {
    process.kill(pid, 'SIGUSR1');
  } catch {
    return `${threads}\nit has ended`;
  }
  const deadline = performance.now() + dumpWaitMs;
  let size = -1;
  while (performance.now() < deadline) {
    await sleep(200);
    const name = dumps(execRoot).find(each => !before.has(each));
    if (name === undefined) continue;
    const text = readFileSync(path.join(execRoot, name), 'utf8').slice(0, maxDumpBytes);
    // Whole once it no longer grows.
    if (text.length > 0 && text.length === size) return `${threads}\n${blockedGoroutines(text)}`;
    size = text.length;
  }
  return `${threads}\nit wrote no goroutine dump in ${dumpWaitMs} ms`;
}
