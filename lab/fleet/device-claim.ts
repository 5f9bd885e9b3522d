/** One rig at a time has a device of an id on an engine: containers, networks and volumes are called by it. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { errnoOf } from '../../core/errors/cause.ts';

/**
 * Takes an id for this process, by a socket's name in the kernel: it ends with the process, however that ends.
 * @throws Error where another rig has it.
 */
export async function claimDevice(engineSocket: string, id: string): Promise<AsyncDisposable> {
  const claim = createServer();
  const listening = once(claim, 'listening');
  // Hashed: such a name has at most 107 bytes.
  const name = createHash('sha256').update(`${engineSocket}\0${id}`).digest('hex');
  claim.listen({ path: `\0towline-lab-${name}` });
  claim.unref();
  try {
    await listening;
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE') throw error;
    throw new Error(
      `another demo, test or benchmark has a device ${id} on the engine at ${engineSocket}: wait for it, or call this one otherwise`,
    );
  }
  return claim;
}
