import { open } from 'node:fs/promises';

/**
 * Writes a file that is not there yet (mode 0600), as its bytes come. Durable at its end, but for its folder.
 * @param onBytes told of each piece that is written
 * @throws what `bytes` throws; what the disk throws; the signal's reason
 */
export async function writeNewFile(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onBytes: (count: number) => void = () => undefined,
): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const piece of bytes) {
      signal.throwIfAborted();
      await handle.writeFile(piece);
      onBytes(piece.length);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
