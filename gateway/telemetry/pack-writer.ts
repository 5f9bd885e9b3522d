/** Makes a pack and its index (gitformat-pack, version 2 of both) out of objects that were checked. */
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { PackedObject } from './pack-reader.ts';

export interface PackFiles {
  readonly pack: Buffer;
  readonly index: Buffer;
}

interface Entry {
  readonly id: ObjectId;
  readonly offset: number;
  readonly checksum: number;
}

const typeCodes = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;

/** @param objects each once. What came as a delta is stored whole; everything else as it came. */
export function writePack(objects: Iterable<PackedObject>): PackFiles {
  const pieces: Buffer[] = [];
  const entries: Entry[] = [];
  let offset = 12;
  for (const object of objects) {
    const head = entryHead(typeCodes[object.type], object.bytes.length);
    const body = object.compressed ?? deflateSync(object.bytes);
    entries.push({ id: object.id, offset, checksum: crc32(body, crc32(head)) });
    pieces.push(head, body);
    offset += head.length + body.length;
  }
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(entries.length, 8);
  const hash = createHash('sha1').update(header);
  for (const piece of pieces) hash.update(piece);
  const trailer = hash.digest();
  const pack = Buffer.concat([header, ...pieces, trailer]);
  return { pack, index: writeIndex(entries, trailer) };
}

function entryHead(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); ; rest = Math.floor(rest / 128)) {
    if (rest === 0) {
      bytes.push(byte);
      return Buffer.from(bytes);
    }
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
}

function writeIndex(entries: readonly Entry[], packTrailer: Buffer): Buffer {
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  const head = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
  const fanout = Buffer.alloc(256 * 4);
  const ids = Buffer.alloc(sorted.length * 20);
  const checksums = Buffer.alloc(sorted.length * 4);
  const offsets = Buffer.alloc(sorted.length * 4);
  let first = 0;
  for (const [index, entry] of sorted.entries()) {
    ids.write(entry.id, index * 20, 'hex');
    checksums.writeUInt32BE(entry.checksum >>> 0, index * 4);
    offsets.writeUInt32BE(entry.offset, index * 4);
    for (const byte = ids.readUInt8(index * 20); first < byte; first += 1)
      fanout.writeUInt32BE(index, first * 4);
  }
  for (; first < 256; first += 1) fanout.writeUInt32BE(sorted.length, first * 4);
  const body = Buffer.concat([head, fanout, ids, checksums, offsets, packTrailer]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}
