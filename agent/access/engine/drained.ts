import type { Writable } from 'node:stream';

/** Resolves when a stream takes more, or is gone. */
export function drained(stream: Writable): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed || stream.closed) return resolve();
    const over = () => {
      stream.off('drain', over);
      stream.off('close', over);
      resolve();
    };
    stream.on('drain', over);
    stream.on('close', over);
  });
}
