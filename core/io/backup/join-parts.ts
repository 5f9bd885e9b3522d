/** What a store has given back → the tar that it was cut from. Its bytes are as untrusted as the store. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CopiedVolume } from '../../backup/copied.ts';
import { maxIndexBytes, parsePartIndex, pieceName } from '../../backup/part-index.ts';
import { errnoOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';
import { writeDurably } from '../file/durable-file.ts';
import { packZstd } from '../file/zstd.ts';

const chunkBytes = 128 * 1024;

const damaged = (why: string, cause?: unknown) => new TowlineError('BACKUP_STORE_DAMAGED', why, { cause });

/** A regular file, and no link to another one. @throws TowlineError BACKUP_STORE_DAMAGED */
async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT' && errnoOf(cause) !== 'ELOOP') throw cause;
    throw damaged(`a part has no ${path.basename(file)}`, cause);
  }
  throw damaged(`${path.basename(file)} of a part is no file`);
}

async function* bytesOf(handle: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  while (left > 0) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(left, chunkBytes)), 0);
    if (bytesRead === 0) throw damaged('a part ends too early');
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The first bytes of a small file, bounded. @throws TowlineError BACKUP_STORE_DAMAGED */
export async function readPartFile(file: string, maxBytes: number): Promise<string> {
  const handle = await openFile(file);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw damaged(`${path.basename(file)} of a part has ${size} bytes`);
    return (await handle.readFile()).toString('utf8');
  } finally {
    await handle.close();
  }
}

async function* bytesOfPart(folder: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const entries = parsePartIndex(await readPartFile(path.join(folder, 'index'), maxIndexBytes));
  const frame = await openFile(path.join(folder, 'frame'));
  try {
    for (const [number, { frameBytes, pieceBytes }] of entries.entries()) {
      signal.throwIfAborted();
      yield* bytesOf(frame, frameBytes);
      if (pieceBytes === 0) continue;
      const piece = await openFile(path.join(folder, 'p', pieceName(number)));
      try {
        yield* bytesOf(piece, pieceBytes);
      } finally {
        await piece.close();
      }
    }
  } finally {
    await frame.close();
  }
}

export interface JoinOptions {
  readonly volume: CopiedVolume;
  /** Puts a part, counted from 1, into a folder. @returns the folder */
  readonly part: (part: number) => Promise<string>;
}

/** The tar, checked when its last byte has come. @throws TowlineError BACKUP_STORE_DAMAGED; what `part` throws */
export async function* joinParts({ volume, part }: JoinOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (let number = 1; number <= volume.parts; number += 1) {
    for await (const chunk of bytesOfPart(await part(number), signal)) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > volume.tarBytes) throw damaged(`${volume.file} is longer than it was`);
      yield chunk;
    }
  }
  if (bytes === volume.tarBytes && hash.digest('hex') === volume.tarSha256) return;
  throw damaged(`${volume.file} is not what was copied`);
}

const closed: ReadonlySet<string> = new Set(['ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Writes it as a device has it, compressed by zstd. @returns what a manifest says of the file */
export async function joinInto(
  file: string,
  options: JoinOptions,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const packed = packZstd();
  async function* counted(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const packing = pipeline(Readable.from(joinParts(options, signal)), packed, { signal });
  const [written, joined] = await Promise.allSettled([writeDurably(file, counted(packed)), packing]);
  signal.throwIfAborted();
  // Where it cannot be written the stream is closed, which says nothing of why.
  const isClosed = joined.status === 'rejected' && closed.has(errnoOf(joined.reason) ?? '');
  if (joined.status === 'rejected' && !isClosed) throw joined.reason;
  if (written.status === 'rejected') throw written.reason;
  if (joined.status === 'rejected') throw joined.reason;
  return { bytes, sha256: hash.digest('hex') };
}
