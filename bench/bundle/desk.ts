/** A person's machine: a clone, and `towline` as it ships, whose memory is looked at while it runs. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { cpuSeconds, peakResidentBytes } from '../simulator/process-tree.ts';

const run = promisify(execFile);
const lookMs = 50;

export interface Measured {
  readonly peakMB: number;
  readonly seconds: number;
  /** With that of git, which it starts. */
  readonly cpuSeconds: number;
}

export class Desk {
  readonly folder: string;
  readonly #signal: AbortSignal;
  readonly #environment: NodeJS.ProcessEnv;

  /** @param folder with the programs in `programs` */
  constructor(folder: string, signal: AbortSignal) {
    this.folder = folder;
    this.#signal = signal;
    const person = { NAME: 'alice', EMAIL: 'alice@example.com' };
    const who = Object.entries(person).flatMap(([name, value]) =>
      ['AUTHOR', 'COMMITTER'].map(role => [`GIT_${role}_${name}`, value]),
    );
    const own = { HOME: folder, XDG_CACHE_HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null' };
    this.#environment = { ...process.env, ...own, ...Object.fromEntries(who) };
  }

  get fleet(): string {
    return path.join(this.folder, 'fleet');
  }

  async git(...words: string[]): Promise<void> {
    await run('git', words, { cwd: this.fleet, env: this.#environment, signal: this.#signal });
  }

  /** The first commit of the fleet. */
  async anchor(): Promise<string> {
    const { stdout } = await run('git', ['rev-list', '--max-parents=0', 'HEAD'], { cwd: this.fleet });
    return stdout.trim();
  }

  /** @throws Error with what it said where it fails */
  towline(words: readonly string[]): Promise<Measured> {
    return this.measure('towline', words, [0]);
  }

  /** @throws Error with what it said where it ends with another code */
  async measure(
    program: 'agent' | 'towline',
    words: readonly string[],
    codes: readonly number[],
  ): Promise<Measured> {
    const start = performance.now();
    const child = spawn(process.execPath, [path.join(this.folder, `programs/${program}.js`), ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.#environment,
      signal: this.#signal,
    });
    const complaint = text(child.stderr);
    let peak = 0;
    let cpu = 0;
    const looking = setInterval(() => {
      try {
        peak = Math.max(peak, peakResidentBytes(child.pid ?? 0));
        cpu = Math.max(cpu, cpuSeconds(child.pid ?? 0));
      } catch {
        // It has gone between two looks.
      }
    }, lookMs);
    const [code] = await once(child, 'exit').finally(() => clearInterval(looking));
    if (!codes.includes(Number(code))) throw new Error(`${program} ${words.join(' ')}: ${await complaint}`);
    return { peakMB: peak / 1_000_000, seconds: (performance.now() - start) / 1000, cpuSeconds: cpu };
  }
}
