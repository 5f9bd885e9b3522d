/**
 * One bundled agent that gets so many signed commits, one at a time: its store turns over again and again. What it keeps on
 * the disk and in memory meanwhile, and whether the trusted commit is there at every moment.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { defaultSourceLimits } from '../agent/source/limits.ts';
import { askAgent } from '../agent/trigger/control.ts';
import { trustedCommitFile } from '../agent/verify/trusted-commit.ts';
import { isMissing } from '../core/io/file/durable-file.ts';
import { StoreObjectSource } from '../core/io/git/store-object-source.ts';
import { AgentRig } from '../lab/rig/agent-rig.ts';
import { bundle } from '../scripts/bundle.ts';
import { asShipped, residentMiB } from './as-shipped.ts';
import { median } from './figure.ts';

/** The last third of the memory readings may lie above the middle third by so much. */
const growthBar = 1.1;
/** How often it says how it stands. */
const lines = 30;
const diskLookMs = 20;
/** Garbage is collected a few seconds after a pass. */
const restMs = 12_000;

export interface FetchesResult {
  readonly fetches: number;
  readonly turnOvers: number;
  /** Most of all moments; the old generation and the next one together while it turns over. */
  readonly mostDiskBytes: number;
  /** Packs of the newest generation when it was made: what the history needs. */
  readonly freshBytes: number;
  readonly middleMiB: number;
  readonly lastMiB: number;
  /** At rest, after all of them. */
  readonly restMiB: number;
  readonly ok: boolean;
}

/** What a folder holds; files that go away meanwhile count nothing. */
async function bytesBelow(folder: string): Promise<number> {
  let total = 0;
  const orGone = <Value>(value: Value) => {
    return (error: unknown): Value => {
      if (isMissing(error)) return value;
      throw error;
    };
  };
  for (const name of await readdir(folder, { recursive: true }).catch(orGone<string[]>([]))) {
    const found = await stat(path.join(folder, name)).catch(orGone(undefined));
    if (found?.isFile()) total += found.size;
  }
  return total;
}

class FetchingAgent implements AsyncDisposable {
  readonly #rig: AgentRig;
  readonly #child: ChildProcess;
  readonly #store: string;
  readonly #stopped = new AbortController();
  readonly #watching: Promise<void>;
  mostDiskBytes = 0;

  constructor(rig: AgentRig, program: string) {
    this.#rig = rig;
    this.#store = path.join(rig.stateDirectory, 'store');
    const { nodeOptions, environment } = asShipped();
    this.#child = spawn(process.execPath, [...nodeOptions, program, '--config', rig.configFile], {
      stdio: 'ignore',
      env: { ...process.env, ...environment },
    });
    this.#watching = this.#watchDisk();
  }

  get residentMiB(): number {
    return residentMiB(this.#child.pid);
  }

  async #watchDisk(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.mostDiskBytes = Math.max(this.mostDiskBytes, await bytesBelow(this.#store));
      await setTimeout(diskLookMs);
    }
  }

  /** One pass; the agent may still be starting. */
  async pass(): Promise<void> {
    const end = performance.now() + 60_000;
    while ((await askAgent(this.#rig.stateDirectory, { verb: 'now' })) === undefined) {
      if (performance.now() > end || this.#child.exitCode !== null) throw new Error('the agent does not run');
      await setTimeout(50);
    }
  }

  /** The trusted commit and its tree are in the store. @returns the commit */
  async trusted(): Promise<string> {
    const trusted = await trustedCommitFile(this.#rig.stateDirectory).read();
    if (trusted.kind !== 'value') throw new Error(`the trusted commit is ${trusted.kind}`);
    const { commit } = trusted.value;
    await using objects = new StoreObjectSource(await this.generation());
    const bytes = (await objects.read(commit))?.bytes ?? new Uint8Array();
    const tree = /^tree ([0-9a-f]{40})\n/.exec(Buffer.from(bytes).toString('latin1'))?.[1] ?? '';
    if ((await objects.read(tree)) === undefined) throw new Error(`the store has lost ${commit}`);
    return commit;
  }

  async generation(): Promise<string> {
    return path.join(this.#store, (await readFile(path.join(this.#store, 'current'), 'utf8')).trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.kill('SIGTERM')) await gone;
  }
}

/** Prints a line now and then. @throws when a fetch does not end at its commit or the trusted commit is lost */
export async function soakFetches(fetches: number, stopped: AbortSignal): Promise<FetchesResult> {
  await using rig = await AgentRig.start();
  // A folder of its own: others bundle, too.
  const program = (await bundle(path.join(rig.folder, 'programs'))).agent ?? '';
  await rig.release('1.0', rig.images.one);
  await using agent = new FetchingAgent(rig, program);
  const readings: number[] = [];
  const generations = new Set<string>();
  let done = 0;
  while (done < fetches && !stopped.aborted) {
    const commit = await rig.commit({ files: { 'notes/change': `${done}\n` } });
    await agent.pass();
    const trusted = await agent.trusted();
    if (trusted !== commit) throw new Error(`fetch ${done + 1} ends at ${trusted}, not at ${commit}`);
    generations.add(await agent.generation());
    rig.server.seen.length = 0;
    done += 1;
    if (done % Math.max(1, Math.floor(fetches / lines)) !== 0) continue;
    readings.push(agent.residentMiB);
    const disk = (agent.mostDiskBytes / 1024).toFixed(0);
    console.log(
      `${done} fetches, ${generations.size - 1} turn-overs, at most ${disk} KiB, ${readings.at(-1)?.toFixed(1)} MiB`,
    );
  }
  await setTimeout(restMs);
  const restMiB = agent.residentMiB;
  const gitdir = await agent.generation();
  await promisify(execFile)('git', ['-C', gitdir, 'fsck', '--strict']);
  const { freshBytes } = JSON.parse(await readFile(path.join(gitdir, 'towline.json'), 'utf8'));
  const third = Math.max(1, Math.floor(readings.length / 3));
  const middleMiB = median(readings.slice(third - 1, 2 * third));
  const lastMiB = median(readings.slice(-third));
  const bound = Math.max(2 * freshBytes, defaultSourceLimits.minRenewBytes) + 2 * freshBytes;
  const { mostDiskBytes } = agent;
  const ok = mostDiskBytes <= bound && lastMiB <= middleMiB * growthBar;
  return {
    fetches: done,
    turnOvers: generations.size - 1,
    mostDiskBytes,
    freshBytes,
    middleMiB,
    lastMiB,
    restMiB,
    ok,
  };
}
