/** One of our own programs as a process of the story: started, stopped, killed, and its log read as the JSON it is. */
import path from 'node:path';
import { Daemon } from '../machine/daemon.ts';
import { waitUntil } from './wait-until.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const stopGraceMs = 15_000;

/** A line of a program's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

export interface ProgramOptions {
  /** Path of the entry, from the root where it is relative. */
  readonly entry: string;
  readonly arguments: readonly string[];
  readonly log: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

export class Program {
  readonly #options: ProgramOptions;
  #daemon: Daemon | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#daemon?.running ?? false;
  }

  get pid(): number | undefined {
    return this.#daemon?.pid;
  }

  /** Starts it, by default with the arguments it was made with. Its log goes on in the same file. */
  start(extra: readonly string[] = []): void {
    if (this.running) throw new Error(`${this.#options.entry} runs already`);
    const { entry, log, environment } = this.#options;
    this.#daemon = new Daemon({
      command: process.execPath,
      arguments: [
        '--disable-warning=ExperimentalWarning',
        ...(this.#options.nodeOptions ?? []),
        path.resolve(root, entry),
        ...this.#options.arguments,
        ...extra,
      ],
      log,
      environment,
      directory: root,
    });
  }

  /** Its log so far, the lines that are JSON. */
  lines(): LogLine[] {
    const lines: LogLine[] = [];
    for (const line of this.#daemon?.output().split('\n') ?? []) {
      try {
        const value: unknown = JSON.parse(line);
        if (typeof value === 'object' && value !== null) lines.push(value as LogLine);
      } catch {
        // Not every line is from the logger: a stack trace is not.
      }
    }
    return lines;
  }

  lastWords(): string {
    return this.#daemon?.lastWords(20) ?? '';
  }

  /** Waits for it to end by itself and gives its exit status; null where a signal ended it. */
  async ended(timeoutMs = 120_000): Promise<number | null> {
    const daemon = this.#daemon;
    if (daemon === undefined) throw new Error('never started');
    await waitUntil(`${this.#options.entry} to end`, () => (daemon.running ? undefined : true), {
      timeoutMs,
      intervalMs: 20,
      seen: () => daemon.lastWords(),
    });
    return daemon.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#daemon?.signal(signal);
  }

  /** SIGTERM, and waits. */
  async stop(): Promise<void> {
    await this.#daemon?.stop(stopGraceMs);
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#daemon?.signal('SIGKILL');
    await this.#daemon?.ended();
  }
}
