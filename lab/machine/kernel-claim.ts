/** What one process of a machine has at a time, by a socket's name in the kernel: it ends with the process, however that ends. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { errnoOf } from '../../core/errors/cause.ts';

/** @returns undefined: another process has it, or this one */
export async function claim(what: string): Promise<AsyncDisposable | undefined> {
  const server = createServer();
  const listening = once(server, 'listening');
  // Hashed: such a name has at most 107 bytes.
  server.listen({ path: `\0towline-lab-${createHash('sha256').update(what).digest('hex')}` });
  server.unref();
  try {
    await listening;
    return server;
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE') throw error;
    return undefined;
  }
}
