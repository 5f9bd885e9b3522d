/** What somebody who is refused is told before they are cut off, also where they do not close their end. */
import type { Duplex } from 'node:stream';

/** In which it may still be read, milliseconds. */
const readMs = 2000;

export function lastWord(socket: Duplex, text: string): void {
  socket.end(text);
  setTimeout(() => socket.destroy(), readMs).unref();
}
