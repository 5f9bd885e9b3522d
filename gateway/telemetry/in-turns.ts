/** Objects that are long are unpacked and hashed so that others have their turn in between. */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inflate, inflateSync, type ZlibOptions } from 'node:zlib';
import { fieldsOf } from '../../core/json.ts';
import { objectId } from '../../core/trust/git/object-hash.ts';
import type { ObjectId, RawObject } from '../../core/trust/git/object-source.ts';

/** After so many bytes others have their turn; what is longer is unpacked in another thread. */
export const turnBytes = 512 * 1024;
const maxChunkBytes = 1024 * 1024;

const inflateInThread = promisify<Uint8Array, ZlibOptions, unknown>(inflate);

export interface Inflated {
  readonly content: Buffer;
  /** Length of the zlib stream, bytes. */
  readonly length: number;
}

/**
 * @param from begins with a zlib stream. @param size what it unpacks to, and no more, bytes.
 * @returns undefined: it is not as long. @throws what zlib throws
 */
export async function inflateFrom(from: Buffer, size: number): Promise<Inflated | undefined> {
  const options = { info: true, maxOutputLength: Math.max(1, size) };
  // With `info`, of which the types know nothing: the content, and the engine that knows how much it read.
  const result: unknown =
    size > turnBytes
      ? await inflateInThread(from, { ...options, chunkSize: Math.min(size, maxChunkBytes) })
      : inflateSync(from, options);
  const { buffer: content, engine } = fieldsOf(result);
  const { bytesWritten: length } = fieldsOf(engine);
  if (!Buffer.isBuffer(content) || typeof length !== 'number') throw new TypeError('zlib gives no info');
  return content.length === size ? { content, length } : undefined;
}

/** As `objectId`; a long one is hashed piece by piece. */
export async function idInTurns(object: RawObject): Promise<ObjectId> {
  const { type, bytes } = object;
  if (bytes.length <= turnBytes) return objectId(object);
  const hash = createHash('sha1').update(`${type} ${bytes.length}\0`);
  for (let at = 0; at < bytes.length; at += turnBytes) {
    hash.update(bytes.subarray(at, at + turnBytes));
    await turn();
  }
  return hash.digest('hex');
}
