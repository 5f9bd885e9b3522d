/** How far a bundle is, on standard error, for whoever waits. */
import { formatBytes, percentOf } from '../../core/plan/quantity.ts';
import { Terminal } from '../command/terminal.ts';

const everyMs = 3000;

/** Passes the bytes on. @param size of all of them @throws the signal's reason */
export async function* progressing(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const terminal = new Terminal(process.stderr, process.env);
  let count = 0;
  let nextMs = performance.now() + everyMs;
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    count += chunk.length;
    yield chunk;
    if (performance.now() < nextMs) continue;
    nextMs = performance.now() + everyMs;
    terminal.line(`${percentOf(count, size)} % of ${formatBytes(size)}`);
  }
}
