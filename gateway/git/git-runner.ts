/** Runs git through the spawn helper: so many at once, the rest in a queue of bounded length. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { TowlineError } from '../../core/errors.ts';
import { Slots } from '../limits/slots.ts';
import {
  gitArguments,
  gitEnvironment,
  maxGitMemoryBytes,
  maxMaintenanceMemoryBytes,
} from './git-settings.ts';
import { folderPrefix, sweepSocketFolders } from './socket-folders.ts';
import { frameKind, type SpawnExit } from './spawn-helper.ts';

/**
 * Each has places of its own: none waits for the others. `fetches` and `pushes` are people's; `own` is what the gateway
 * does in between and soon: it takes in what a forge has, and publishes enrolments.
 */
export type Lane = 'devices' | 'fetches' | 'pushes' | 'own' | 'maintenance';

export interface GitJob {
  readonly lane: Lane;
  /** Who asks for it, where one may not have all places. */
  readonly who?: string;
  /** It has its place. */
  readonly onStart?: () => void;
  /** Shown what goes to git's input. */
  readonly onInput?: (chunk: Buffer) => void;
  /** Sub-command and its arguments. */
  readonly arguments: readonly string[];
  /** Added to the fixed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | Readable;
  /** Takes git's output piece by piece; git waits until it is done. */
  readonly onOutput: (chunk: Buffer) => void | Promise<void>;
  readonly onErrorOutput?: (chunk: Buffer) => void;
}

export interface GitResult {
  /** -1: ended by a signal. */
  readonly code: number;
  /** Last 4 KiB of standard error. */
  readonly stderr: string;
}

export interface GitRunnerOptions {
  /** git processes at once, in each lane, and half of them for one who asks; maintenance has one, `own` two. */
  readonly maxProcesses: number;
  /** Jobs that may wait, in each lane. */
  readonly maxQueued: number;
  /** Command that starts the helper; the path of its socket is added. */
  readonly helperCommand: readonly string[];
}

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

  /** How long somebody has waited there for places that others have, milliseconds. */
  waitedMs(lane: Lane): number {
    return this.#lanes[lane].waitedMs;
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

async function runOn(socket: Socket, job: GitJob, signal: AbortSignal): Promise<GitResult> {
  const onAbort = () => socket.destroy();
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    sendInput(socket, job);
    return await readFrames(socket, job);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TowlineError) throw error;
    throw new TowlineError('GATEWAY_GIT_FAILED', 'the git helper broke off', { cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (job.input !== undefined && !(job.input instanceof Uint8Array)) {
      job.input.unpipe(socket);
      if (job.onInput !== undefined) job.input.off('data', job.onInput);
    }
    socket.destroy();
  }
}

function sendInput(socket: Socket, job: GitJob): void {
  const head = Buffer.from(
    `${JSON.stringify({
      arguments: [...gitArguments, ...job.arguments],
      environment: { ...gitEnvironment(), ...job.environment },
      maxMemoryBytes: job.lane === 'maintenance' ? maxMaintenanceMemoryBytes : maxGitMemoryBytes,
    })}\n`,
  );
  if (job.input === undefined || job.input instanceof Uint8Array) {
    socket.end(job.input === undefined ? head : Buffer.concat([head, job.input]));
    return;
  }
  socket.write(head);
  // The input may close early, when a client leaves: git then sees the end of its input and decides.
  job.input.once('close', () => socket.end());
  if (job.onInput !== undefined) job.input.on('data', job.onInput);
  job.input.pipe(socket);
}

async function readFrames(socket: Socket, job: GitJob): Promise<GitResult> {
  let pending: Buffer = Buffer.alloc(0);
  let stderr = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 5) {
      const end = 5 + pending.readUInt32BE(1);
      if (pending.length < end) break;
      const kind = pending.readUInt8(0);
      const payload = pending.subarray(5, end);
      pending = pending.subarray(end);
      if (kind === frameKind.stdout) await job.onOutput(payload);
      else if (kind === frameKind.stderr) {
        job.onErrorOutput?.(payload);
        stderr = Buffer.concat([stderr, payload]).subarray(-4096);
      } else {
        const exit = JSON.parse(payload.toString('utf8')) as SpawnExit;
        return { code: exit.code ?? -1, stderr: stderr.toString('utf8') };
      }
    }
  }
  throw new TowlineError('GATEWAY_GIT_FAILED', 'the git helper broke off');
}
