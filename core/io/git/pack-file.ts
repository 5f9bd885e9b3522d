/** One pack with its index on the disk, read object by object. Source: gitformat-pack(5), index version 2. */
import { type FileHandle, open } from 'node:fs/promises';
import type { ObjectId, RawObject } from '../../trust/git/object-source.ts';
import { readBounded } from '../file/durable-file.ts';
import { applyDelta, type EntryHeader, inflateEntry, readEntryHeader } from './pack-entry.ts';

const maxIndexBytes = 64 * 1024 * 1024;
const maxObjectBytes = 64 * 1024 * 1024;
const maxDeltaDepth = 4096;
const fanoutAt = 8;
const idsAt = fanoutAt + 1024;

/** Finds a delta's base that lies in another pack. */
export type BaseReader = (id: ObjectId) => Promise<RawObject | undefined>;

export class PackFile implements AsyncDisposable {
  readonly #index: Buffer;
  readonly #count: number;
  readonly #pack: FileHandle;
  /** Where each entry ends: the start of the next. Sorted. */
  readonly #offsets: Float64Array;

  private constructor(index: Buffer, pack: FileHandle, packBytes: number) {
    this.#index = index;
    this.#pack = pack;
    this.#count = index.readUInt32BE(fanoutAt + 255 * 4);
    if (index.length < idsAt + this.#count * 28 + 40) throw new RangeError('the index is cut off');
    this.#offsets = new Float64Array(this.#count + 1);
    for (let at = 0; at < this.#count; at += 1) this.#offsets[at] = this.#offset(at);
    this.#offsets[this.#count] = packBytes - 20;
    this.#offsets.sort();
  }

  /** Opens `<path>.pack` by its index `<path>.idx`. @throws RangeError when they are damaged */
  static async open(path: string): Promise<PackFile> {
    const index = await readBounded(`${path}.idx`, maxIndexBytes);
    if (index === undefined || index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2) {
      throw new RangeError('no pack index of version 2');
    }
    const pack = await open(`${path}.pack`, 'r');
    try {
      return new PackFile(index, pack, (await pack.stat()).size);
    } catch (error) {
      await pack.close();
      throw error;
    }
  }

  /** @returns undefined when this pack does not have it */
  async read(id: ObjectId, elsewhere: BaseReader): Promise<RawObject | undefined> {
    const position = this.#find(Buffer.from(id, 'hex'));
    return position === undefined ? undefined : this.#at(this.#offset(position), elsewhere, 0);
  }

  has(id: ObjectId): boolean {
    return this.#find(Buffer.from(id, 'hex')) !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pack.close();
  }

  async #at(offset: number, elsewhere: BaseReader, depth: number): Promise<RawObject> {
    if (depth > maxDeltaDepth) throw new RangeError('a chain of deltas without end');
    const bytes = Buffer.alloc(this.#endOf(offset) - offset);
    const { bytesRead } = await this.#pack.read(bytes, 0, bytes.length, offset);
    if (bytesRead !== bytes.length) throw new RangeError('the pack is cut off');
    const header = readEntryHeader(bytes);
    if (header.size > maxObjectBytes) throw new RangeError('an object that is too large');
    const { data } = inflateEntry(bytes.subarray(header.dataAt), header.size);
    if (header.kind !== 'offset-delta' && header.kind !== 'reference-delta') {
      return { type: header.kind, bytes: data };
    }
    const base = await this.#base(offset, header, elsewhere, depth);
    return { type: base.type, bytes: applyDelta(Buffer.from(base.bytes), data) };
  }

  async #base(offset: number, header: EntryHeader, elsewhere: BaseReader, depth: number): Promise<RawObject> {
    if (header.baseId === undefined) return this.#at(offset - header.baseDistance, elsewhere, depth + 1);
    const position = this.#find(Buffer.from(header.baseId, 'hex'));
    if (position !== undefined) return this.#at(this.#offset(position), elsewhere, depth + 1);
    const base = await elsewhere(header.baseId);
    if (base === undefined) throw new RangeError('the base of a delta is missing');
    return base;
  }

  #find(id: Buffer): number | undefined {
    const first = id.readUInt8(0);
    let low = first === 0 ? 0 : this.#index.readUInt32BE(fanoutAt + (first - 1) * 4);
    let high = Math.min(this.#count, this.#index.readUInt32BE(fanoutAt + first * 4));
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = idsAt + middle * 20;
      const order = id.compare(this.#index, at, at + 20);
      if (order === 0) return middle;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return undefined;
  }

  #offset(position: number): number {
    const tables = idsAt + this.#count * 24;
    const offset = this.#index.readUInt32BE(tables + position * 4);
    if ((offset & 0x80000000) === 0) return offset;
    return Number(this.#index.readBigUInt64BE(tables + this.#count * 4 + (offset & 0x7fffffff) * 8));
  }

  #endOf(offset: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const end = this.#offsets[low] ?? 0;
    if (end <= offset || end - offset > maxObjectBytes) throw new RangeError('an index that points nowhere');
    return end;
  }
}
