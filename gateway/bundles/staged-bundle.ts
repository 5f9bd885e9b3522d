/** A bundle as it comes, written beside what is served: nothing of it counts until all of it was right. */
import { join } from 'node:path';
import type { OpenBundle } from '../../core/bundle/open-bundle.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Descriptor } from '../../core/images/manifest.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { freeSpace } from '../../core/io/file/free-space.ts';
import { writeNewFile } from '../../core/io/file/new-file.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import type { BlobCache } from '../registry/blob-cache.ts';

export interface StagedBlob extends Descriptor {
  readonly file: string;
}

export interface StagedBundle {
  /** What git reads. */
  readonly git: string;
  readonly blobs: readonly StagedBlob[];
  /** Parts of agents. */
  readonly agents: readonly StagedBlob[];
  /** Were there before. */
  readonly known: readonly Descriptor[];
  /** There is no room for them. */
  readonly leftOut: readonly Descriptor[];
}

export interface Staging {
  /** Empty. */
  readonly folder: string;
  /** Undefined: no image is kept. */
  readonly cache: BlobCache | undefined;
  readonly signal: AbortSignal;
}

/** Of the commits: the largest fetch from a forge. */
const maxGitBytes = 256 * 1024 * 1024;
/** What stays free on the disk, bytes: the gateway has more to write than images. */
const roomLeft = 256 * 1024 * 1024;
/** Nothing came for this long, milliseconds. */
const silenceMs = 60_000;

/**
 * Reads it to its end.
 * @throws TowlineError as `OpenBundle.parts`; BUNDLE_TOO_LARGE, GATEWAY_DISK_FULL; the signal's reason
 */
export async function stageBundle(bundle: OpenBundle, staging: Staging): Promise<StagedBundle> {
  const { folder, cache, signal } = staging;
  const git = join(folder, 'git');
  const blobs: StagedBlob[] = [];
  const known: Descriptor[] = [];
  const leftOut: Descriptor[] = [];
  const agents: StagedBlob[] = [];
  const carried = new Set(bundle.contents.agents);
  let used = 0;
  try {
    for await (const part of bundle.parts()) {
      const { digest, size } = part;
      if (part.kind === 'git') {
        if (size > maxGitBytes) throw new TowlineError('BUNDLE_TOO_LARGE', `its commits have ${size} bytes`);
        await writeNewFile(git, part.bytes, signal);
        continue;
      }
      if (carried.has(digest)) {
        if (!(await hasRoom(folder, size))) continue;
        const file = join(folder, digest.slice('sha256:'.length));
        await writeNewFile(file, part.bytes, signal);
        agents.push({ digest, size, file });
        continue;
      }
      if (cache === undefined) continue;
      const isKnown = cache.find(digest, size)?.isWhole === true;
      const fits = used + size <= cache.maxBytes && (isKnown || (await hasRoom(folder, size)));
      if (fits) used += size;
      if (isKnown) known.push({ digest, size });
      else if (!fits) leftOut.push({ digest, size });
      else {
        const file = join(folder, digest.slice('sha256:'.length));
        await writeNewFile(file, part.bytes, signal);
        blobs.push({ digest, size, file });
      }
    }
  } catch (cause) {
    if (!isDiskFull(cause)) throw cause;
    throw new TowlineError('GATEWAY_DISK_FULL', 'there is no room for the bundle', { cause });
  }
  return { git, blobs, agents, known, leftOut };
}

async function hasRoom(folder: string, size: number): Promise<boolean> {
  const free = await freeSpace(folder);
  return free === undefined || free - roomLeft >= size;
}

/** What comes, as long as something does: who has gone without a word holds up nobody. @throws TowlineError GATEWAY_SESSION_SILENT */
export async function* unsilent(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = input[Symbol.asyncIterator]();
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      using late = new TimeLimit(silenceMs);
      const silent = new Promise<never>((_resolve, reject) => {
        late.signal.addEventListener('abort', () =>
          reject(new TowlineError('GATEWAY_SESSION_SILENT', 'the bundle does not come any more')),
        );
      });
      const next = await Promise.race([pieces.next(), silent]);
      isWaiting = false;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    const ended = pieces.return?.();
    // One that waits for its next piece ends only after that.
    if (isWaiting) ended?.catch(() => undefined);
    else await ended;
  }
}
