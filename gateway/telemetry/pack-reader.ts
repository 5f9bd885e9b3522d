/** Reads a pack that a device sent (gitformat-pack), with every size bounded before anything is unpacked. */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { TowlineError } from '../../core/errors.ts';
import { objectId } from '../../core/trust/git/object-hash.ts';
import type { ObjectId, RawObject } from '../../core/trust/git/object-source.ts';
import { applyDelta } from './delta.ts';
import { idInTurns, inflateFrom, turnBytes } from './in-turns.ts';

export interface PackLimits {
  readonly maxObjects: number;
  /** All objects together, unpacked, deltas applied; bytes. */
  readonly maxUnpackedBytes: number;
}

export interface PackedObject extends RawObject {
  readonly id: ObjectId;
  /** Its zlib stream as it came; undefined where it came as a delta. */
  readonly compressed: Buffer | undefined;
}

const typeNames = new Map<number, RawObject['type']>([
  [1, 'commit'],
  [2, 'tree'],
  [3, 'blob'],
  [4, 'tag'],
]);
const offsetDelta = 6;
const referenceDelta = 7;
const trailerBytes = 20;

/** How much more than was sent an honest pack unpacks to: text packs tenfold, and logs come packed already. */
const maxRatio = 20;
/** Deltas are stored whole; agents send none. */
const maxDeltaRatio = 2;
/** Whatever was sent, bytes. */
const alwaysAllowed = 1024 * 1024;

interface Delta {
  /** Where it stands in the pack. */
  readonly start: number;
  readonly data: Buffer;
}

/** Deltas whose base has not come yet. */
class WaitingDeltas<Base> {
  readonly #byBase = new Map<Base, Delta[]>();
  count = 0;

  add(base: Base, delta: Delta): void {
    this.#byBase.set(base, [...(this.#byBase.get(base) ?? []), delta]);
    this.count += 1;
  }

  take(base: Base): readonly Delta[] {
    const found = this.#byBase.get(base) ?? [];
    this.#byBase.delete(base);
    this.count -= found.length;
    return found;
  }
}

/**
 * @param bytes a whole pack.
 * @throws TowlineError GATEWAY_PACK_REFUSED when it is damaged, GATEWAY_REQUEST_TOO_LARGE over a limit, of
 * which some go by the pack's own length.
 */
export async function readPack(bytes: Buffer, limits: PackLimits): Promise<Map<ObjectId, PackedObject>> {
  return await new PackReader(bytes, limits).read();
}

class PackReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #limits: PackLimits;
  readonly #objects = new Map<ObjectId, PackedObject>();
  readonly #byOffset = new Map<number, PackedObject>();
  readonly #waitingForOffset = new WaitingDeltas<number>();
  readonly #waitingForId = new WaitingDeltas<ObjectId>();
  readonly #maxUnpacked: number;
  readonly #maxFromDeltas: number;
  #unpacked = 0;
  #fromDeltas = 0;
  #turnAt = turnBytes;

  constructor(bytes: Buffer, limits: PackLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#end = bytes.length - trailerBytes;
    this.#maxUnpacked = Math.min(limits.maxUnpackedBytes, bytes.length * maxRatio + alwaysAllowed);
    this.#maxFromDeltas = bytes.length * maxDeltaRatio + alwaysAllowed;
  }

  async read(): Promise<Map<ObjectId, PackedObject>> {
    const count = this.#readHeader();
    let offset = 12;
    for (let index = 0; index < count; index += 1) {
      offset = await this.#readEntry(offset);
      if (this.#unpacked < this.#turnAt) continue;
      this.#turnAt = this.#unpacked + turnBytes;
      await turn();
    }
    if (offset !== this.#end) throw damaged('there is more in the pack than it says');
    if (this.#waitingForOffset.count + this.#waitingForId.count > 0)
      throw damaged('a delta whose base is not in the pack');
    return this.#objects;
  }

  #readHeader(): number {
    const bytes = this.#bytes;
    if (this.#end < 12 || bytes.toString('latin1', 0, 4) !== 'PACK' || bytes.readUInt32BE(4) !== 2) {
      throw damaged('not a pack of version 2');
    }
    const trailer = createHash('sha1').update(bytes.subarray(0, this.#end)).digest();
    if (!trailer.equals(bytes.subarray(this.#end)))
      throw damaged('the checksum is wrong or the pack is cut off');
    const count = bytes.readUInt32BE(8);
    if (count > this.#limits.maxObjects) {
      throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', `${count} objects in a pack`);
    }
    return count;
  }

  /** @returns where the next entry begins. */
  async #readEntry(start: number): Promise<number> {
    let offset = start;
    let byte = this.#byteAt(offset++);
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let factor = 16; byte & 0x80; factor *= 128) {
      byte = this.#byteAt(offset++);
      size += (byte & 0x7f) * factor;
    }
    if (type === offsetDelta) {
      const [distance, next] = this.#readDistance(offset);
      const [data, end] = await this.#unpack(next, size);
      const base = this.#byOffset.get(start - distance);
      if (base === undefined) this.#waitingForOffset.add(start - distance, { start, data });
      else this.#resolve({ start, data }, base);
      return end;
    }
    if (type === referenceDelta) {
      if (offset + 20 > this.#end) throw damaged('the pack is cut off');
      const base = this.#bytes.toString('hex', offset, offset + 20);
      const [data, end] = await this.#unpack(offset + 20, size);
      const found = this.#objects.get(base);
      if (found === undefined) this.#waitingForId.add(base, { start, data });
      else this.#resolve({ start, data }, found);
      return end;
    }
    const name = typeNames.get(type);
    if (name === undefined) throw damaged(`an object of type ${type}`);
    const [content, end] = await this.#unpack(offset, size);
    const id = await idInTurns({ type: name, bytes: content });
    this.#place(start, { id, type: name, bytes: content, compressed: this.#bytes.subarray(offset, end) });
    return end;
  }

  #byteAt(offset: number): number {
    if (offset >= this.#end) throw damaged('the pack is cut off');
    return this.#bytes.readUInt8(offset);
  }

  #readDistance(start: number): [number, number] {
    let offset = start;
    let byte = this.#byteAt(offset++);
    let distance = byte & 0x7f;
    while (byte & 0x80) {
      byte = this.#byteAt(offset++);
      distance = (distance + 1) * 128 + (byte & 0x7f);
      if (distance > this.#end) throw damaged('a delta points before the pack');
    }
    return [distance, offset];
  }

  async #unpack(offset: number, size: number): Promise<[Buffer, number]> {
    this.#charge(size);
    const found = await inflateFrom(this.#bytes.subarray(offset, this.#end), size).catch((error: unknown) => {
      throw damaged('an object cannot be unpacked', error);
    });
    if (found === undefined) throw damaged('an object is not as long as it says');
    return [found.content, offset + found.length];
  }

  #charge(size: number): void {
    this.#unpacked += size;
    if (this.#unpacked > this.#maxUnpacked) {
      throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', 'the pack is over the limit when unpacked');
    }
  }

  #chargeDelta(size: number): void {
    this.#charge(size);
    this.#fromDeltas += size;
    if (this.#fromDeltas > this.#maxFromDeltas) {
      throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', 'the deltas of the pack make too much of it');
    }
  }

  #resolve({ start, data }: Delta, base: PackedObject): void {
    const content = applyDelta(base.bytes, data, size => this.#chargeDelta(size));
    const object = { type: base.type, bytes: content };
    this.#place(start, { ...object, id: objectId(object), compressed: undefined });
  }

  /** Puts an object in place, then, one after the other, the deltas that waited for it. */
  #place(start: number, object: PackedObject): void {
    const { id } = object;
    this.#objects.set(id, object);
    this.#byOffset.set(start, object);
    const ready = [...this.#waitingForOffset.take(start), ...this.#waitingForId.take(id)];
    for (const delta of ready) this.#resolve(delta, object);
  }
}

function damaged(message: string, cause?: unknown): TowlineError {
  return new TowlineError('GATEWAY_PACK_REFUSED', message, { cause });
}
