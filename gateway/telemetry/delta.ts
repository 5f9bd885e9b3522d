import { TowlineError } from '../../core/errors.ts';

/**
 * Applies a delta (gitformat-pack, "Deltified representation").
 * @param charge is told the size of the result before it is made.
 * @throws TowlineError GATEWAY_PACK_REFUSED
 */
export function applyDelta(base: Uint8Array, delta: Buffer, charge: (size: number) => void): Buffer {
  const [baseSize, afterBase] = readSize(delta, 0);
  const [size, start] = readSize(delta, afterBase);
  if (baseSize !== base.length) throw damaged('a delta for another base');
  charge(size);
  const result = Buffer.alloc(size);
  let written = 0;
  let offset = start;
  while (offset < delta.length) {
    const instruction = delta.readUInt8(offset++);
    if (instruction & 0x80) {
      const [from, length, next] = readCopy(delta, offset, instruction);
      offset = next;
      if (from + length > base.length || written + length > size)
        throw damaged('a delta copies out of bounds');
      result.set(base.subarray(from, from + length), written);
      written += length;
    } else {
      if (instruction === 0) throw damaged('a delta with a reserved instruction');
      if (offset + instruction > delta.length || written + instruction > size) {
        throw damaged('a delta adds out of bounds');
      }
      delta.copy(result, written, offset, offset + instruction);
      offset += instruction;
      written += instruction;
    }
  }
  if (written !== size) throw damaged('a delta makes less than it says');
  return result;
}

function readCopy(delta: Buffer, start: number, instruction: number): [number, number, number] {
  let offset = start;
  const value = (bits: number) => {
    let result = 0;
    for (let factor = 1, rest = bits; rest > 0; factor *= 256, rest >>= 1) {
      if ((rest & 1) === 0) continue;
      if (offset >= delta.length) throw damaged('a delta is cut off');
      result += delta.readUInt8(offset++) * factor;
    }
    return result;
  };
  const from = value(instruction & 0x0f);
  const length = value((instruction >> 4) & 0x07) || 0x10000;
  return [from, length, offset];
}

function readSize(delta: Buffer, start: number): [number, number] {
  let size = 0;
  let offset = start;
  for (let factor = 1; ; factor *= 128) {
    if (offset >= delta.length || factor > 2 ** 42) throw damaged('a delta is cut off');
    const byte = delta.readUInt8(offset++);
    size += (byte & 0x7f) * factor;
    if ((byte & 0x80) === 0) return [size, offset];
  }
}

function damaged(message: string): TowlineError {
  return new TowlineError('GATEWAY_PACK_REFUSED', message);
}
