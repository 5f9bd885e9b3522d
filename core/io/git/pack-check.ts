/**
 * A pack is looked through from its header to its trailer before anything of it is stored: isomorphic-git takes one that
 * ends early for a whole one, and the store would be stuck with it. The format: gitformat-pack(5).
 */
import { createHash } from 'node:crypto';
import { TowlineError } from '../../errors.ts';
import { inflateEntry, readDeltaSizes, readEntryHeader } from './pack-entry.ts';

export interface PackLimits {
  readonly maxObjects: number;
  /** Of one object, inflated, and of what a delta makes, bytes. */
  readonly maxObjectBytes: number;
  /** Of all objects, inflated, bytes. */
  readonly maxInflatedBytes: number;
}

/**
 * Checks header, count, each entry's inflated size within the limits, that each delta lies behind its base, that nothing is
 * missing or left over, and the SHA-1 in the trailer.
 * @returns the number of objects
 * @throws TowlineError GIT_PACK, GIT_PACK_TOO_LARGE
 */
export function checkPack(pack: Buffer, limits: PackLimits): number {
  if (pack.length < 32 || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2) {
    throw new TowlineError('GIT_PACK', 'what came is no pack of version 2');
  }
  const end = pack.length - 20;
  const sha = createHash('sha1').update(pack.subarray(0, end)).digest();
  if (!sha.equals(pack.subarray(end)))
    throw new TowlineError('GIT_PACK', 'the pack does not fit its trailer');
  const count = pack.readUInt32BE(8);
  if (count > limits.maxObjects)
    throw tooLarge(`it has ${count} objects, at most ${limits.maxObjects} are taken`);
  const starts = new Set<number>();
  let at = 12;
  let inflated = 0;
  for (let index = 0; index < count; index += 1) {
    const entry = entryAt(pack.subarray(at, end), limits);
    // One that is its own base has no end, and isomorphic-git would look for it.
    if (entry.baseDistance !== undefined && !starts.has(at - entry.baseDistance))
      throw new TowlineError('GIT_PACK', 'an object of the pack is a delta of none before it');
    starts.add(at);
    inflated += entry.inflated;
    if (inflated > limits.maxInflatedBytes)
      throw tooLarge(`it has more than ${limits.maxInflatedBytes} bytes inflated`);
    at += entry.length;
  }
  if (at !== end) throw new TowlineError('GIT_PACK', 'the pack has bytes after its last object');
  return count;
}

interface Entry {
  readonly length: number;
  readonly inflated: number;
  /** Of an offset-delta. */
  readonly baseDistance: number | undefined;
}

function entryAt(bytes: Buffer, limits: PackLimits): Entry {
  try {
    const header = readEntryHeader(bytes);
    if (header.size > limits.maxObjectBytes) throw tooLarge(`an object has ${header.size} bytes`);
    const { data, consumed } = inflateEntry(bytes.subarray(header.dataAt), header.size);
    let inflated = data.length;
    if (header.kind.endsWith('delta')) {
      const { result } = readDeltaSizes(data);
      if (result > limits.maxObjectBytes) throw tooLarge(`an object has ${result} bytes`);
      inflated += result;
    }
    const baseDistance = header.kind === 'offset-delta' ? header.baseDistance : undefined;
    return { length: header.dataAt + consumed, inflated, baseDistance };
  } catch (error) {
    if (error instanceof TowlineError) throw error;
    throw new TowlineError('GIT_PACK', 'an object of the pack cannot be inflated', { cause: error });
  }
}

function tooLarge(message: string): TowlineError {
  return new TowlineError('GIT_PACK_TOO_LARGE', `the pack is refused: ${message}`);
}
