/** Objects as they are stored: whole, each as a zlib stream of its own. */
import { promisify } from 'node:util';
import { deflate, deflateSync } from 'node:zlib';
import type { PackedObject } from './pack-reader.ts';

export interface StorableObject extends PackedObject {
  readonly compressed: Buffer;
}

/** Bytes of one push that are compressed at once; beyond it another thread does. */
const maxAtOnce = 64 * 1024;
const inThread = promisify<Uint8Array, Buffer>(deflate);

/** What came as it will be stored stays as it is; what came as a delta is compressed. One after the other. */
export async function storable(objects: Iterable<PackedObject>): Promise<StorableObject[]> {
  const result: StorableObject[] = [];
  let atOnce = 0;
  for (const object of objects) {
    let { compressed } = object;
    if (compressed === undefined) {
      atOnce += object.bytes.length;
      compressed = atOnce <= maxAtOnce ? deflateSync(object.bytes) : await inThread(object.bytes);
    }
    result.push({ ...object, compressed });
  }
  return result;
}

/** What these take on the disk, bytes, without the index. */
export function storedBytes(objects: readonly StorableObject[]): number {
  return objects.reduce((sum, { compressed }) => sum + compressed.length, 0);
}
