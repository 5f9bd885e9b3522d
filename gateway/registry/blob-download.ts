/** Brings one blob from a registry to the disk: hashed as it passes, within its size, not slower than may be. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import type { Blob } from './blob.ts';

export interface Pace {
  /** In `withinMs` so many bytes must come, or the rest. */
  readonly bytes: number;
  readonly withinMs: number;
}

export const slowestPace: Pace = { bytes: 256 * 1024, withinMs: 60_000 };

export interface DownloadOptions {
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** @throws TowlineError GATEWAY_REGISTRY_ANSWER, GATEWAY_REGISTRY_UNREACHABLE, GATEWAY_DISK_FULL; the signal's reason */
export async function download(
  answer: IncomingMessage,
  blob: Blob,
  { pace, signal, onBytes }: DownloadOptions,
): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  let last = 0;
  const onAbort = () => answer.destroy(new Error('the gateway is shutting down'));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setInterval(() => {
    if (length - last < pace.bytes) answer.destroy(new Error(`less than ${pace.bytes} bytes in a while`));
    last = length;
  }, pace.withinMs);
  try {
    assertLength(answer, blob);
    const incoming: AsyncIterable<Buffer> = answer;
    for await (const piece of incoming) {
      length += piece.length;
      if (length > blob.size) throw misfit(blob, `is longer than the ${blob.size} bytes of its manifest`);
      onBytes(piece.length);
      hash.update(piece);
      await blob.append(piece);
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (isTowlineError(cause)) throw cause;
    if (isDiskFull(cause))
      throw new TowlineError('GATEWAY_DISK_FULL', 'there is no room for an image', { cause });
    throw new TowlineError('GATEWAY_REGISTRY_UNREACHABLE', `${blob.digest}: ${messageOf(cause)}`, { cause });
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
    answer.destroy();
  }
  if (length < blob.size) throw misfit(blob, `has ${length} bytes, ${blob.size} by its manifest`);
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== blob.digest) throw misfit(blob, `hashes to ${found}`);
}

function assertLength(answer: IncomingMessage, blob: Blob): void {
  const said = answer.headers['content-length'];
  if (said !== undefined && said !== String(blob.size))
    throw misfit(blob, `is announced with ${said} bytes, ${blob.size} by its manifest`);
}

function misfit(blob: Blob, what: string): TowlineError {
  return new TowlineError('GATEWAY_REGISTRY_ANSWER', `${blob.digest} ${what}`);
}
