/** Runs git through the spawn helper: so many at once, the rest in a queue of bounded length. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { Slots } from '../limits/slots.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import { type GitJob, type GitResult, type Lane, runOn } from './git-job.ts';
import { folderPrefix, sweepSocketFolders } from './socket-folders.ts';

export interface GitRunnerOptions {
  /** git processes at once, in each lane, and half of them for one who asks; maintenance has one, `own` two. */
  readonly maxProcesses: number;
  /** Jobs that may wait, in each lane. */
  readonly maxQueued: number;
  /** Command that starts the helper; the path of its socket is added. */
  readonly helperCommand: readonly string[];
}

/** Those in which somebody waits for an answer. */
const watchedLanes = ['devices', 'fetches', 'pushes', 'own'] as const satisfies readonly Lane[];
/** Milliseconds. */
const longWaitMs = 60_000;

export class GitRunner implements AsyncDisposable {
  readonly #options: GitRunnerOptions;
  readonly #lanes: Readonly<Record<Lane, Slots>>;
  readonly #folder: string;
  #helper: Promise<Helper> | undefined;
  #started = 0;
  #helpers = 0;
  #closed = false;

  constructor(options: GitRunnerOptions) {
    sweepSocketFolders(tmpdir());
    this.#folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
    this.#options = options;
    const { maxProcesses, maxQueued } = options;
    const shared = () =>
      new Slots({
        size: maxProcesses,
        maxWaiting: maxQueued,
        ofOne: { size: Math.ceil(maxProcesses / 2), maxWaiting: Math.ceil(maxQueued / 8) },
      });
    this.#lanes = {
      devices: shared(),
      fetches: shared(),
      pushes: shared(),
      own: new Slots({ size: 2, maxWaiting: maxQueued }),
      maintenance: new Slots({ size: 1, maxWaiting: maxQueued }),
    };
  }

  /** git processes started since the beginning: for metrics, and for tests that count. */
  get started(): number {
    return this.#started;
  }

  get waiting(): number {
    return Object.values(this.#lanes).reduce((sum, slots) => sum + slots.waiting, 0);
  }

  /** Somebody waits there for places that others have. */
  isCrowded(lane: Lane): boolean {
    return this.#lanes[lane].crowded;
  }

  /** Whether somebody waits for places that others have, longer than anybody should. */
  get isSlow(): boolean {
    return watchedLanes.some(lane => this.#waitedMs(lane) >= longWaitMs);
  }

  metrics(): Metric[] {
    return [
      gauge('towline_gateway_git_waiting', 'Requests that wait for a git process.', this.waiting),
      counter('towline_gateway_git_started_total', 'git processes started.', this.started),
    ];
  }

  state(): object {
    const waitedMs = Object.fromEntries(watchedLanes.map(lane => [lane, this.#waitedMs(lane)]));
    return { git: { waitedMs } };
  }

  /**
   * @throws TowlineError GATEWAY_BUSY when the queue is full, GATEWAY_GIT_FAILED when the helper breaks off;
   * the signal's reason on abort. An exit code other than 0 is a result.
   */
  async run(job: GitJob, signal: AbortSignal): Promise<GitResult> {
    using _slot = await this.#lanes[job.lane].take(signal, job.who);
    job.onStart?.();
    if (this.#closed) throw new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down');
    const socket = await this.#connect();
    this.#started += 1;
    return await runOn(socket, job, signal);
  }

  /** A helper that was killed is noticed here at the latest; one new one is tried. */
  async #connect(): Promise<Socket> {
    const helper = this.#start();
    try {
      return await connectTo((await helper).path);
    } catch {
      if (this.#helper === helper) this.#helper = undefined;
      return await connectTo((await this.#start()).path).catch((cause: unknown) => {
        throw new TowlineError('GATEWAY_GIT_FAILED', 'the git helper does not answer', { cause });
      });
    }
  }

  /** Starts the helper ahead of the first job. */
  async start(): Promise<void> {
    await this.#start();
  }

  #start(): Promise<Helper> {
    if (this.#helper !== undefined) return this.#helper;
    const starting = startHelper(this.#options.helperCommand, join(this.#folder, `${this.#helpers++}.sock`));
    this.#helper = starting;
    const forget = () => {
      if (this.#helper === starting) this.#helper = undefined;
    };
    starting.then(helper => helper.process.once('exit', forget), forget);
    return starting;
  }

  #waitedMs(lane: Lane): number {
    return Math.round(this.#lanes[lane].waitedMs);
  }

  close(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const helper = await this.#helper?.catch(() => undefined);
    if (helper !== undefined && helper.process.exitCode === null && helper.process.signalCode === null) {
      const ended = once(helper.process, 'exit');
      helper.process.stdin?.end();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Helper {
  readonly process: ChildProcess;
  readonly path: string;
}

async function startHelper(command: readonly string[], path: string): Promise<Helper> {
  const [program = process.execPath, ...rest] = command;
  const child = spawn(program, [...rest, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new TowlineError('GATEWAY_GIT_FAILED', 'the git helper does not start');
    }),
  ]);
  return { process: child, path };
}

async function connectTo(path: string): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true });
  await once(socket, 'connect');
  // Whoever reads from it hears of an error by reading; one that comes after that is nobody's.
  socket.on('error', () => {});
  return socket;
}
