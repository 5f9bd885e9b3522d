/** The folder in which a story happens, and the environment that its commands get: nothing of the person's own. */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { commandFolder } from '../machine/programs.ts';
import { makeTestHome, type TestHome } from '../rig/home.ts';

export interface RunOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** A command that has not ended by then is killed. Default 60 s. */
  readonly timeoutMs?: number;
}

export interface RunResult {
  readonly command: string;
  /** 128 + the signal's number counts as 128 here. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** For what hangs: a push beside much other work has taken more than a minute. */
const defaultTimeoutMs = 300_000;

/** A command that ended with another status than 0, with what it said. */
export class CommandError extends Error {
  readonly result: RunResult;

  constructor(result: RunResult) {
    super(`${result.command}: exit ${result.code}\n${result.stdout}${result.stderr}`);
    this.result = result;
  }
}

const root = path.dirname(path.dirname(import.meta.dirname));

export class Workspace {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-demo-'));
  readonly environment: NodeJS.ProcessEnv;
  readonly #home: TestHome = makeTestHome();

  constructor() {
    // The person of the story calls `towline`, and it runs on the Node that came with the install.
    const search = `${commandFolder}:${path.join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
    this.environment = { ...this.#home.environment, PATH: `${search}:/usr/sbin:/sbin` };
  }

  /** A path in the workspace. */
  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** Makes a folder in the workspace. */
  makeFolder(...parts: string[]): string {
    const folder = this.path(...parts);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Runs a command and gives what it said, whatever its exit status. */
  async try(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const child = spawn(command, args, {
      cwd: options.directory ?? this.folder,
      env: { ...this.environment, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? defaultTimeoutMs,
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', code => resolve(code ?? 128));
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { command: [command, ...args].join(' '), code, stdout, stderr };
  }

  /** As `try`. @throws CommandError where it does not exit with 0. */
  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const result = await this.try(command, args, options);
    if (result.code !== 0) throw new CommandError(result);
    return result.stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    this.#home.remove();
  }
}
