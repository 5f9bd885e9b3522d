/**
 * A small process that starts git for the gateway. Forking a process of 600 MB blocks its loop for tens of
 * milliseconds; forking this one does not. It listens on a socket that only this user reaches and ends with its parent.
 *
 * A job is one connection: a line of JSON (`SpawnRequest`), then git's standard input until the client's half-close.
 * Back come frames: kind (1 byte), length (4 bytes, big-endian), payload.
 */
import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { withMemoryLimit } from '../../core/io/memory-limit.ts';
import { PeerWork } from '../../core/io/peer-work.ts';

export interface SpawnRequest {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of git, and of each process that it starts. */
  readonly maxMemoryBytes: number;
}

export const frameKind = { stdout: 1, stderr: 2, exit: 3 } as const;

export interface SpawnExit {
  readonly code: number | null;
  readonly signal: string | null;
}

const maxRequestBytes = 64 * 1024;

function frame(kind: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** Reads the request line, then runs git. What follows the line goes back into the stream, to be its input. */
function acceptJob(socket: Socket): void {
  let head = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  // One job that cannot be begun, by a NUL in its arguments say, ends no other.
  const work = new PeerWork({
    cut: () => socket.destroy(),
    failed: error => process.stderr.write(`git job not begun: ${error}\n`),
  });
  const onData = work.listener((chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(10);
    if (end < 0) {
      if (head.length > maxRequestBytes) socket.destroy();
      return;
    }
    socket.off('data', onData);
    socket.pause();
    if (end + 1 < head.length) socket.unshift(head.subarray(end + 1));
    // As git-job.ts wrote it, on a socket that only this user reaches.
    const request: SpawnRequest = JSON.parse(head.toString('utf8', 0, end));
    runJob(socket, request);
  });
  socket.on('data', onData);
}

function runJob(socket: Socket, request: SpawnRequest): void {
  // A group of its own: upload-pack starts pack-objects, and both must end with the job.
  const { program, args } = withMemoryLimit(request.maxMemoryBytes, 'git', request.arguments);
  const child = spawn(program, args, {
    env: { ...request.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const stop = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended in the meantime.
    }
  };
  socket.on('close', stop);
  child.stdin.on('error', () => undefined);
  socket.pipe(child.stdin);
  const forward = (kind: number, stream: NodeJS.ReadableStream) => {
    stream.on('data', (chunk: Buffer) => {
      if (!socket.write(frame(kind, chunk))) {
        stream.pause();
        socket.once('drain', () => stream.resume());
      }
    });
  };
  forward(frameKind.stdout, child.stdout);
  forward(frameKind.stderr, child.stderr);
  const finish = (exit: SpawnExit) => socket.end(frame(frameKind.exit, Buffer.from(JSON.stringify(exit))));
  child.once('error', () => finish({ code: 127, signal: null }));
  child.once('close', (code, signal) => finish({ code, signal }));
}

/** @param path of the socket to listen on. Says `ready` on standard output. */
export function runSpawnHelper(path: string): void {
  const server = createServer({ allowHalfOpen: true }, acceptJob);
  server.listen(path, () => process.stdout.write('ready\n'));
  // The parent holds the other end of standard input: when it dies in whatever way, this ends, too.
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  // A signal to the whole group is the parent's business.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}
