/** A program that we start, wait for, and stop: its own process group, its output in a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DaemonOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  /** File that takes stdout and stderr. */
  readonly log: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
}

export class Daemon {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #ended: Promise<void>;
  #running = true;

  /** Starts the program in a session of its own: Ctrl-C in the terminal reaches us, and we stop it in order. */
  constructor(options: DaemonOptions) {
    this.#log = options.log;
    const output = openSync(options.log, 'a');
    this.#child = spawn(options.command, options.arguments, {
      detached: true,
      stdio: ['ignore', output, output],
      env: options.environment ?? process.env,
      ...(options.directory === undefined ? {} : { cwd: options.directory }),
    });
    closeSync(output);
    // Whatever ends us (an error that nobody caught, too), nothing of ours goes on without us.
    const endWithUs = () => this.signal('SIGKILL');
    process.once('exit', endWithUs);
    this.#ended = new Promise(resolve => {
      const end = () => {
        this.#running = false;
        process.off('exit', endWithUs);
        resolve();
      };
      this.#child.once('error', end);
      this.#child.once('exit', end);
    });
    this.#child.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Its exit status, null while it runs or when a signal ended it. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Resolves once the program has ended, whatever the reason. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** What it wrote so far. */
  output(): string {
    return readFileSync(this.#log, 'utf8');
  }

  /** The last lines it wrote, for an error message. */
  lastWords(lines = 5): string {
    return this.output().trimEnd().split('\n').slice(-lines).join('\n');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Asks every 50 ms until `ready` holds; false when the program ended or the time is out. */
  async until(ready: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.#running && performance.now() < deadline) {
      if (await ready()) return true;
      await sleep(50);
    }
    return false;
  }

  /** SIGTERM, and SIGKILL when that has not ended it in `graceMs`. */
  async stop(graceMs = 10_000): Promise<void> {
    if (!this.#running) return;
    // Who waits for its end may have nothing else to do.
    this.#child.ref();
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(timer);
  }
}
