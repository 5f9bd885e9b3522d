/** A file of a log that the engine has compressed. */
import { errnoOf } from '../../../core/errors/cause.ts';
import { FormatError, type LogFormat, maxEntryBytes } from './log-format.ts';
import type { ReadOptions } from './log-source.ts';

/** Offers all that it holds; one that is damaged, or gone by now, holds nothing. */
export async function offerPacked(
  pieces: AsyncIterable<Buffer>,
  format: LogFormat,
  options: ReadOptions,
): Promise<void> {
  try {
    await offerAll(pieces, format, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!/^(Z_|ENOENT)/.test(errnoOf(error) ?? '')) throw error;
  }
}

async function offerAll(
  pieces: AsyncIterable<Buffer>,
  format: LogFormat,
  { log, breathe, signal }: ReadOptions,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    signal.throwIfAborted();
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    if (bytes.length > 2 * maxEntryBytes) throw new FormatError('an entry of a compressed log does not end');
    log.begin();
    rest = bytes.subarray(format.read(bytes, entry => log.offer(entry)));
    await breathe();
  }
}
