/** One run of node's test runner: bounded for each file, and as a whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childrenOf, killAll, outputsOf, withDescendants, writersTo } from '../../lab/machine/processes.ts';
import { type FileRun, fileRuns } from './recorded.ts';

export interface RunOptions {
  /** Of node: `--test …`. */
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of a file, from its begin until all that writes to its output has ended. */
  readonly fileLimitMs: number;
  /** When all of it must have ended: milliseconds since 1970. */
  readonly deadline: number;
  readonly say: (text: string) => void;
}

export interface Run {
  /** What the runner exits with: 1 where a test failed or the time was over. */
  readonly code: number;
  readonly files: readonly FileRun[];
  /** Somebody has ended it. */
  readonly signalled: boolean;
}

const everyMs = 1000;
const reporterOption = '--test-reporter';

/** The reporter that `recorded.ts` reads, beside the one that people read. */
function withRecord(given: readonly string[], recordFile: string): string[] {
  const hasDestination = given.some(argument => argument.startsWith(`${reporterOption}-destination`));
  // Each reporter has the destination of its own place.
  return [
    `${reporterOption}=${path.join(import.meta.dirname, 'record.ts')}`,
    `${reporterOption}-destination=${recordFile}`,
    ...(hasDestination ? [] : [`${reporterOption}-destination=stdout`]),
    ...given,
  ];
}

/** What each file that runs writes to: it is known by that when its own process has ended and another one has not. */
class Outputs {
  readonly #of = new Map<string, readonly string[]>();

  note(runner: number, directory: string, running: readonly FileRun[]): void {
    const unknown = running.filter(({ file }) => !this.#of.has(file));
    if (unknown.length === 0) return;
    for (const { pid, words } of childrenOf(runner)) {
      const paths = words.map(word => path.resolve(directory, word));
      const run = unknown.find(({ file }) => paths.includes(file));
      // What others write to as well says nothing.
      const own = outputsOf(pid).filter(output => /^(?:socket|pipe):/.test(output));
      if (run !== undefined && own.length > 0) this.#of.set(run.file, own);
    }
  }

  /** All that belongs to a file: what writes to its output, and what those have started. */
  processes(file: string): number[] {
    return withDescendants(writersTo(this.#of.get(file) ?? []));
  }
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

function listed(runs: readonly FileRun[], directory: string, now: number): string {
  return runs
    .map(({ file, begun }) => `  ${path.relative(directory, file)}, for ${seconds(now - begun)}\n`)
    .join('');
}

export async function runFiles(options: RunOptions): Promise<Run> {
  const { directory, environment, fileLimitMs, deadline, say } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-record-'));
  const recordFile = path.join(folder, 'record');
  const runner = spawn(process.execPath, withRecord(options.arguments, recordFile), {
    cwd: directory,
    stdio: 'inherit',
    env: environment,
  });
  const ended = once(runner, 'exit');
  // Ctrl-C reaches the tests by the terminal, SIGTERM does not; either way we wait for them, then clean up.
  let signalled = false;
  const pass = (signal: NodeJS.Signals) => {
    signalled = true;
    if (signal !== 'SIGINT') runner.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  const outputs = new Outputs();
  const killed = new Set<string>();
  let isOver = false;
  const look = () => {
    const now = Date.now();
    const running = fileRuns(recordFile).filter(run => run.ended === undefined);
    outputs.note(runner.pid ?? 0, directory, running);
    const late = running.filter(({ file, begun }) => now - begun > fileLimitMs && !killed.has(file));
    if (late.length > 0) {
      say(
        `\n!!! longer than ${seconds(fileLimitMs)}, ended with all that it has started:\n${listed(late, directory, now)}`,
      );
      for (const { file } of late) {
        killed.add(file);
        killAll(outputs.processes(file));
      }
    }
    if (now < deadline || isOver) return;
    isOver = true;
    say(`\n!!! the time for all tests is over; these still ran:\n${listed(running, directory, now)}`);
    const left = running.flatMap(({ file }) => outputs.processes(file));
    // The runner first: it would begin the next files.
    killAll([...withDescendants([runner.pid ?? 0]), ...left]);
  };
  const watching = setInterval(look, everyMs);
  try {
    const [code] = await ended;
    return { code: isOver ? 1 : (code ?? 1), files: fileRuns(recordFile), signalled };
  } finally {
    clearInterval(watching);
    for (const signal of signals) process.off(signal, pass);
    rmSync(folder, { recursive: true, force: true });
  }
}
