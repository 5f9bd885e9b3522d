/**
 * The digest of a file that somebody appends to, read on while it grows: what is read is warm, and when it is whole
 * there is next to nothing left to read, or to bring to the disk.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../../core/io/clock.ts';

const chunkBytes = 1024 * 1024;
/** What the kernel may hold back of it, bytes: all at the end would be a wait of its own. */
const flushBytes = 32 * 1024 * 1024;
const lookMs = 100;

export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

class Follower {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.alloc(chunkBytes);
  #bytes = 0;
  #flushed = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** To where it ends now. */
  async catchUp(): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, chunkBytes, this.#bytes);
      if (bytesRead === 0) return;
      this.#hash.update(this.#buffer.subarray(0, bytesRead));
      this.#bytes += bytesRead;
      if (this.#bytes - this.#flushed < flushBytes) continue;
      await this.#handle.datasync();
      this.#flushed = this.#bytes;
    }
  }

  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/**
 * @param work appends to the file, and does nothing else with it
 * @returns what `work` does, and the digest of the file then. @throws what `work` or the reading does, when `work` is over
 */
export async function whileGrowing<Result>(
  file: string,
  work: () => Promise<Result>,
  clock: Pick<Clock, 'sleep'>,
): Promise<{ readonly result: Result; readonly digest: Digest }> {
  await using handle = await open(file, 'r+');
  const follower = new Follower(handle);
  const over = new AbortController();
  const follow = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await follower.catchUp();
      await clock.sleep(lookMs, over.signal).catch(() => undefined);
    }
    await follower.catchUp();
  };
  // A reading that fails ends nothing: `work` has what it writes to until it is over.
  const [worked, followed] = await Promise.allSettled([work().finally(() => over.abort()), follow()]);
  if (worked.status === 'rejected') throw worked.reason;
  if (followed.status === 'rejected') throw followed.reason;
  return { result: worked.value, digest: follower.digest() };
}
