import { ByteCursor } from '../git/byte-cursor.ts';

/** A version 4 signature packet (RFC 9580, section 5.2.3). */
export interface SignaturePacket {
  readonly type: number;
  readonly keyAlgorithm: number;
  readonly hashAlgorithm: number;
  /** What is hashed after the payload: the packet's own head and the trailer. */
  readonly hashedTail: Buffer;
  readonly hashStart: number;
  readonly madeSec: number;
  /** Seconds since the epoch; absent: it does not expire. */
  readonly expiresSec?: number;
  /** In a certificate: how long the key lives from when it was made, seconds. */
  readonly keyLifetimeSec?: number;
  /** 40 hexadecimal digits in capitals. */
  readonly issuerFingerprint?: string;
  /** 16 hexadecimal digits in capitals. */
  readonly issuerKeyId?: string;
  /** The numbers, or the raw octets, of the signature itself. */
  readonly rest: Buffer;
}

interface Subpacket {
  readonly type: number;
  readonly critical: boolean;
  readonly body: Buffer;
}

const signatureTag = 2;
const subpacketTypes = { made: 2, expires: 3, keyLifetime: 9, issuer: 16, issuerFingerprint: 33 } as const;
/** Subpackets whose meaning does not touch what is signed here: revocable, notation without the critical bit, … */
const documentSubpackets: ReadonlySet<number> = new Set([2, 3, 7, 16, 24, 26, 28, 33]);
/** In a certificate: trust, key lifetime, preferences, flags, revokers, reasons, embedded signatures and the like, too. */
const certificateSubpackets: ReadonlySet<number> = new Set([
  ...documentSubpackets,
  ...[4, 5, 6, 9, 11, 12, 20, 21, 22, 23, 25, 27, 29, 30, 31, 32, 34, 35, 39],
]);
const understood = { document: documentSubpackets, certificate: certificateSubpackets } as const;

/**
 * Reads exactly one signature packet.
 * @throws RangeError or Error when the bytes are anything else.
 */
export function readSignaturePacket(bytes: Uint8Array): SignaturePacket {
  const outer = new ByteCursor(bytes);
  const body = packetBody(outer);
  outer.end();
  return readSignatureBody(body, 'document');
}

/**
 * Reads the body of a signature packet.
 * @param over What it signs: that decides which critical subpackets mean something to us.
 * @throws RangeError or Error when the bytes are anything else.
 */
export function readSignatureBody(body: Buffer, over: keyof typeof understood): SignaturePacket {
  const known = understood[over];
  const cursor = new ByteCursor(body);
  const version = cursor.byte();
  if (version !== 4) throw new Error(`a signature of version ${version}`);
  const type = cursor.byte();
  const keyAlgorithm = cursor.byte();
  const hashAlgorithm = cursor.byte();
  const hashed = readSubpackets(cursor.take(cursor.uint16()), known);
  const headLength = cursor.offset;
  const unhashed = readSubpackets(cursor.take(cursor.uint16()), known);
  const hashStart = cursor.uint16();
  const made = single(hashed, subpacketTypes.made);
  if (made?.length !== 4) throw new Error('a signature that does not say when it was made');
  const madeSec = made.readUInt32BE();
  const expires = single(hashed, subpacketTypes.expires);
  const validSec = expires?.length === 4 ? expires.readUInt32BE() : 0;
  const trailer = Buffer.alloc(6, 0xff);
  trailer.writeUInt8(4, 0);
  trailer.writeUInt32BE(headLength, 2);
  return {
    type,
    keyAlgorithm,
    hashAlgorithm,
    hashedTail: Buffer.concat([body.subarray(0, headLength), trailer]),
    hashStart,
    madeSec,
    ...(validSec > 0 ? { expiresSec: madeSec + validSec } : {}),
    ...keyLifetime(hashed),
    ...issuer([...hashed, ...unhashed]),
    rest: cursor.take(cursor.left),
  };
}

/** Zero is for ever. */
function keyLifetime(hashed: readonly Subpacket[]): { keyLifetimeSec?: number } {
  const body = single(hashed, subpacketTypes.keyLifetime);
  const keyLifetimeSec = body?.length === 4 ? body.readUInt32BE() : 0;
  return keyLifetimeSec > 0 ? { keyLifetimeSec } : {};
}

function issuer(subpackets: readonly Subpacket[]): { issuerFingerprint?: string; issuerKeyId?: string } {
  const fingerprint = subpackets.find(({ type }) => type === subpacketTypes.issuerFingerprint)?.body;
  const keyId = subpackets.find(({ type }) => type === subpacketTypes.issuer)?.body;
  return {
    ...(fingerprint?.length === 21 && fingerprint[0] === 4
      ? { issuerFingerprint: fingerprint.toString('hex', 1).toUpperCase() }
      : {}),
    ...(keyId?.length === 8 ? { issuerKeyId: keyId.toString('hex').toUpperCase() } : {}),
  };
}

function packetBody(cursor: ByteCursor): Buffer {
  const head = cursor.byte();
  if ((head & 0x80) === 0) throw new Error('no OpenPGP packet');
  const modern = (head & 0x40) !== 0;
  const tag = modern ? head & 0x3f : (head >> 2) & 0x0f;
  if (tag !== signatureTag) throw new Error(`an OpenPGP packet of type ${tag}`);
  return cursor.take(modern ? modernLength(cursor, false) : oldLength(cursor, head & 0x03));
}

function oldLength(cursor: ByteCursor, kind: number): number {
  if (kind === 0) return cursor.byte();
  if (kind === 1) return cursor.uint16();
  if (kind === 2) return cursor.uint32();
  throw new Error('a packet of unknown length');
}

function modernLength(cursor: ByteCursor, subpacket: boolean): number {
  const first = cursor.byte();
  if (first < 192) return first;
  if (first === 255) return cursor.uint32();
  if (first < 224 || subpacket) return ((first - 192) << 8) + cursor.byte() + 192;
  throw new Error('a packet in parts');
}

function readSubpackets(bytes: Buffer, known: ReadonlySet<number>): Subpacket[] {
  const cursor = new ByteCursor(bytes);
  const subpackets: Subpacket[] = [];
  while (cursor.left > 0) {
    const body = cursor.take(modernLength(cursor, true));
    const head = body.readUInt8();
    const subpacket = { type: head & 0x7f, critical: (head & 0x80) !== 0, body: body.subarray(1) };
    if (subpacket.critical && !known.has(subpacket.type)) {
      throw new Error(`a critical subpacket of type ${subpacket.type}`);
    }
    subpackets.push(subpacket);
  }
  return subpackets;
}

function single(subpackets: readonly Subpacket[], type: number): Buffer | undefined {
  const found = subpackets.filter(subpacket => subpacket.type === type);
  if (found.length > 1) throw new Error(`subpacket ${type} several times`);
  return found[0]?.body;
}
