/**
 * What a public key is, whatever its file calls it. Two keys are one material where whoever holds the private half of
 * one holds that of the other: so the exponent of RSA, the sign of a point, the purpose (signing, opening, a security
 * key's application), fingerprints, dates and comments say nothing.
 */
import { createHash, type KeyObject } from 'node:crypto';

/** The numbers of a public key, big-endian; Ed25519 and X25519 as their 32 bytes. */
export type KeyNumbers =
  | { readonly kind: 'rsa'; readonly n: Uint8Array; readonly e: Uint8Array }
  /** `curve`: the object identifier, hexadecimal. */
  | { readonly kind: 'ec'; readonly curve: string; readonly x: Uint8Array; readonly y: Uint8Array }
  | { readonly kind: 'ed25519' | 'x25519'; readonly point: Uint8Array }
  /** Of a kind in which nothing but OpenPGP has keys. */
  | { readonly kind: 'other'; readonly name: string; readonly bytes: Uint8Array };

/** Object identifiers of curves, hexadecimal (RFC 5480, section 2.1.1.1). */
export const curveIds = {
  'P-256': '2a8648ce3d030107',
  'P-384': '2b81040022',
  'P-521': '2b81040023',
} as const;

/** SubjectPublicKeyInfo up to the key itself (RFC 5480, RFC 8410). */
const p256Prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
const rsaAlgorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex');

const idBytes = 16;

/** 16 bytes that stand for the material. */
export function materialId(numbers: KeyNumbers): Buffer {
  const [name, bytes] = essence(numbers);
  return createHash('sha256').update(`${name}\0`).update(bytes).digest().subarray(0, idBytes);
}

/** `materialId` as text. */
export function materialName(numbers: KeyNumbers): string {
  return materialId(numbers).toString('hex');
}

function essence(numbers: KeyNumbers): [name: string, bytes: Uint8Array] {
  switch (numbers.kind) {
    case 'rsa':
      return ['rsa', minimal(numbers.n)];
    case 'ec':
      return [`ec ${numbers.curve}`, minimal(numbers.x)];
    case 'ed25519':
    case 'x25519': {
      const point = Buffer.from(numbers.point);
      point.writeUInt8(point.readUInt8(31) & 0x7f, 31);
      return [numbers.kind, point];
    }
    case 'other':
      return [numbers.name, numbers.bytes];
  }
}

/** The numbers of a key that may sign or do TLS. */
export function numbersOf(key: KeyObject): KeyNumbers {
  const { kty, crv = '', n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
  if (kty === 'RSA') return { kind: 'rsa', n: bytes(n), e: bytes(e) };
  if (kty === 'OKP' && crv === 'Ed25519') return { kind: 'ed25519', point: bytes(x) };
  const curve = Object.entries(curveIds).find(([name]) => name === crv)?.[1];
  if (kty !== 'EC' || curve === undefined) throw new Error(`a key of kind ${String(kty)} ${crv}`);
  return { kind: 'ec', curve, x: bytes(x), y: bytes(y) };
}

/**
 * The 32 bytes of an Ed25519 key.
 * @throws Error where they are too many, too few, or a number that is not below 2^255 - 19: the same point twice.
 */
export function ed25519Numbers(point: Uint8Array): KeyNumbers {
  if (point.length !== 32) throw new Error('an Ed25519 key of wrong length');
  const top = point.subarray(1, 31).every(byte => byte === 0xff) && ((point[31] ?? 0) & 0x7f) === 0x7f;
  if (top && (point[0] ?? 0) >= 0xed) throw new Error('an Ed25519 key that is not reduced');
  return { kind: 'ed25519', point };
}

/** Without leading zeros. */
export function minimal(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex(byte => byte !== 0);
  return start < 0 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}

/** How a gateway's key would be pinned, if it were this one; undefined where no TLS key is of this kind. */
export function pinOf(numbers: KeyNumbers): string | undefined {
  const spki = publicKeyInfo(numbers);
  return spki === undefined ? undefined : `sha256:${createHash('sha256').update(spki).digest('base64')}`;
}

function publicKeyInfo(numbers: KeyNumbers): Buffer | undefined {
  if (numbers.kind === 'ed25519') return Buffer.concat([ed25519Prefix, numbers.point]);
  if (numbers.kind === 'rsa') {
    const pair = Buffer.concat([integer(numbers.n), integer(numbers.e)]);
    const bits = Buffer.concat([Buffer.of(0), der(0x30, pair)]);
    return der(0x30, Buffer.concat([rsaAlgorithm, der(0x03, bits)]));
  }
  if (numbers.kind !== 'ec') return undefined;
  const point = Buffer.concat([numbers.x, numbers.y]);
  if (numbers.curve === curveIds['P-256']) return Buffer.concat([p256Prefix, point]);
  const oid = der(0x06, Buffer.from(numbers.curve, 'hex'));
  const algorithm = der(0x30, Buffer.concat([Buffer.from('06072a8648ce3d0201', 'hex'), oid]));
  return der(0x30, Buffer.concat([algorithm, der(0x03, Buffer.concat([Buffer.of(0, 4), point]))]));
}

function integer(bytes: Uint8Array): Buffer {
  const number = minimal(bytes);
  return der(0x02, Buffer.concat([Buffer.alloc((number[0] ?? 0x80) >= 0x80 ? 1 : 0), number]));
}

/** One value in DER: tag, length, content. */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
