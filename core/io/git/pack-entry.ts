/** Entries of a pack, as they lie in it. Source: gitformat-pack(5). */
import { inflateSync } from 'node:zlib';
import type { RawObject } from '../../trust/git/object-source.ts';

export type EntryKind = RawObject['type'] | 'offset-delta' | 'reference-delta';

const kinds: readonly (EntryKind | undefined)[] = [
  undefined,
  'commit',
  'tree',
  'blob',
  'tag',
  undefined,
  'offset-delta',
  'reference-delta',
];

export interface EntryHeader {
  readonly kind: EntryKind;
  /** Inflated size of what follows, bytes. */
  readonly size: number;
  /** Where the deflated bytes begin, relative to the entry. */
  readonly dataAt: number;
  /** For offset-delta: how far back the base lies. */
  readonly baseDistance: number;
  /** For reference-delta. */
  readonly baseId: string | undefined;
}

/** Reads the header at the start of `bytes`. @throws RangeError when there is none */
export function readEntryHeader(bytes: Buffer): EntryHeader {
  let at = 0;
  let byte = bytes.readUInt8(at++);
  const kind = kinds[(byte >> 4) & 7];
  if (kind === undefined) throw new RangeError('a pack entry of unknown type');
  let size = byte & 15;
  let factor = 16;
  while (byte & 0x80) {
    byte = bytes.readUInt8(at++);
    size += (byte & 0x7f) * factor;
    factor *= 128;
    if (!Number.isSafeInteger(size)) throw new RangeError('a pack entry without end');
  }
  let baseDistance = 0;
  let baseId: string | undefined;
  if (kind === 'offset-delta') {
    byte = bytes.readUInt8(at++);
    baseDistance = byte & 0x7f;
    while (byte & 0x80) {
      byte = bytes.readUInt8(at++);
      baseDistance = (baseDistance + 1) * 128 + (byte & 0x7f);
      if (!Number.isSafeInteger(baseDistance)) throw new RangeError('a delta without a base');
    }
  } else if (kind === 'reference-delta') {
    baseId = bytes.toString('hex', at, at + 20);
    at += 20;
  }
  return { kind, size, dataAt: at, baseDistance, baseId };
}

/** Inflates exactly `size` bytes and says how many deflated bytes they took. @throws RangeError, zlib's errors */
export function inflateEntry(bytes: Buffer, size: number): { data: Buffer; consumed: number } {
  const { buffer, engine } = inflateSync(bytes, { info: true, maxOutputLength: Math.max(size, 1) });
  if (buffer.length !== size) throw new RangeError('a pack entry of another size than it says');
  return { data: buffer, consumed: engine.bytesWritten };
}

/** Base and result size that a delta says, and where its instructions begin. */
export function readDeltaSizes(delta: Buffer): { base: number; result: number; at: number } {
  let at = 0;
  const size = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = delta.readUInt8(at++);
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (!Number.isSafeInteger(value)) throw new RangeError('a delta of no size');
      if ((byte & 0x80) === 0) return value;
    }
  };
  return { base: size(), result: size(), at };
}

/** @throws RangeError when the delta does not fit the base */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const sizes = readDeltaSizes(delta);
  if (sizes.base !== base.length) throw new RangeError('a delta for another base');
  const result = Buffer.alloc(sizes.result);
  let { at } = sizes;
  let filled = 0;
  while (at < delta.length) {
    const instruction = delta.readUInt8(at++);
    if (instruction & 0x80) {
      const operand = (mask: number, shift: number): number =>
        instruction & mask ? delta.readUInt8(at++) * 2 ** shift : 0;
      const offset = operand(1, 0) + operand(2, 8) + operand(4, 16) + operand(8, 24);
      const size = operand(16, 0) + operand(32, 8) + operand(64, 16) || 0x10000;
      if (offset + size > base.length || filled + size > result.length)
        throw new RangeError('a delta that overruns');
      base.copy(result, filled, offset, offset + size);
      filled += size;
    } else {
      if (instruction === 0 || at + instruction > delta.length || filled + instruction > result.length) {
        throw new RangeError('a delta that overruns');
      }
      delta.copy(result, filled, at, at + instruction);
      at += instruction;
      filled += instruction;
    }
  }
  if (filled !== result.length) throw new RangeError('a delta that ends early');
  return result;
}
