/** One run of git, by way of the spawn helper. */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TowlineError } from '../../core/errors.ts';
import { readFields } from '../../core/json.ts';
import {
  gitArguments,
  gitEnvironment,
  maxGitMemoryBytes,
  maxMaintenanceMemoryBytes,
} from './git-settings.ts';
import { frameKind } from './spawn-helper.ts';

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

/** @param socket of the helper, for this job alone */
export async function runOn(socket: Socket, job: GitJob, signal: AbortSignal): Promise<GitResult> {
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
  const chunks: AsyncIterable<Buffer> = socket;
  for await (const chunk of chunks) {
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
        const { code } = readFields(payload.toString('utf8'));
        return { code: typeof code === 'number' ? code : -1, stderr: stderr.toString('utf8') };
      }
    }
  }
  throw new TowlineError('GATEWAY_GIT_FAILED', 'the git helper broke off');
}
