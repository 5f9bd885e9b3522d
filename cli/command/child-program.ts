/** Runs a program of Towline's own in the foreground: arguments and signals go to it, its exit code comes back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const passedOn = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** In the repository the program's entry; in what ships, the bundle beside this one. */
const fileOf = (program: 'agent' | 'gateway') =>
  fileURLToPath(
    new URL(
      import.meta.filename.endsWith('.js') ? `./${program}.js` : `../../${program}/main.ts`,
      import.meta.url,
    ),
  );

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const ended = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

const isAtTerminal = () => process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;

/** A program that a signal ended ends this one by the same signal. */
export async function runProgram(program: 'agent' | 'gateway', args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, fileOf(program), ...args], {
    stdio: 'inherit',
  });
  const pass = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches the program by itself. A second one, while it ends, would cut it off.
    if (signal === 'SIGINT' && isAtTerminal()) return;
    child.kill(signal);
  };
  for (const signal of passedOn) process.on(signal, pass);
  const { code, signal } = await ended(child);
  for (const name of passedOn) process.off(name, pass);
  if (signal !== null) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
}
