/** The bytes of a blob as far as it has come, at the pace of whoever takes them. */
import type { Blob } from '../registry/blob.ts';

const pieceBytes = 256 * 1024;

/** @param find asked when the first byte is wanted @throws what `Blob.until` does; the signal's reason */
export async function* blobBytes(find: () => Blob, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const blob = find();
  const leave = blob.enter();
  try {
    for (let at = 0; at < blob.size; ) {
      await orAborted(blob.until(at + 1), signal);
      const piece = await blob.read(Buffer.alloc(Math.min(pieceBytes, blob.size - at)), at);
      at += piece.length;
      yield piece;
    }
  } finally {
    leave();
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    over.abort();
    work.catch(() => undefined);
  }
}
