import type net from 'node:net';
import { asError } from '../../../core/errors/cause.ts';

/** Waits for the first event of a socket, its end, or the signal. @throws Error why it never comes */
export function settled(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.destroy();
      reject(asError(signal.reason));
    };
    socket.once(event, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    // Stays: an error that nobody hears ends the process.
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
