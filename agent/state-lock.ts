import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import net from 'node:net';
import { TowlineError } from '../core/errors.ts';
import { makeFolderDurably } from '../core/io/durable-file.ts';

/**
 * Keeps a second agent out of a stateDirectory, for as long as this process lives. An abstract socket is the lock:
 * the kernel gives it to one process and takes it back when that one ends, however it ends.
 * @throws TowlineError AGENT_STATE_LOCKED, AGENT_CONFIG where the folder cannot be made
 */
export async function lockState(stateDirectory: string): Promise<AsyncDisposable> {
  await makeFolderDurably(stateDirectory).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TowlineError('AGENT_CONFIG', `stateDirectory ${stateDirectory} cannot be made: ${why}`, {
      cause,
    });
  });
  const name = createHash('sha256')
    .update(await realpath(stateDirectory))
    .digest('hex');
  const server = net.createServer(socket => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken
        ? `another agent uses ${stateDirectory}`
        : `${stateDirectory} cannot be locked: ${cause.message}`;
      reject(new TowlineError('AGENT_STATE_LOCKED', message, { cause }));
    });
    server.listen(`\0towline-agent-${name}`, resolve);
  });
  server.unref();
  return { [Symbol.asyncDispose]: () => new Promise(resolve => server.close(() => resolve())) };
}
