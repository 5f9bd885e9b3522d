import { ByteCursor } from '../git/byte-cursor.ts';
import { ed25519Numbers, type KeyNumbers } from './key-material.ts';

/** Tags of a primary key and of a subkey (RFC 9580, section 5). */
const keyTags: ReadonlySet<number> = new Set([6, 14]);
/** Public-key algorithms (RFC 9580, section 9.1). */
const rsa: ReadonlySet<number> = new Set([1, 2, 3]);
const elgamal = 16;
const dsa = 17;
const ecdh = 18;
const ecdsa = 19;
const eddsaLegacy = 22;
/** Points without a length before them: X25519, X448, Ed25519, Ed448. */
const fixedPoints: ReadonlyMap<
  number,
  readonly [name: 'x25519' | 'x448' | 'ed25519' | 'ed448', bytes: number]
> = new Map([
  [25, ['x25519', 32]],
  [26, ['x448', 56]],
  [27, ['ed25519', 32]],
  [28, ['ed448', 57]],
]);
const ed25519Legacy = '2b06010401da470f01';
const curve25519Legacy = '2b060104019755010501';

const maxKeys = 64;

/**
 * The numbers of every primary key and subkey in an armored OpenPGP public key, without checking what binds them:
 * thousands of device files are asked. One block, nothing around it, numbers in their one spelling.
 * @throws Error that says what is there.
 */
export function openpgpKeyNumbers(armored: string): KeyNumbers[] {
  const cursor = new ByteCursor(dearmorKeys(armored));
  const found: KeyNumbers[] = [];
  while (cursor.left > 0) {
    const { tag, bytes } = nextPacket(cursor);
    if (keyTags.has(tag)) found.push(keyNumbers(bytes));
    if (found.length > maxKeys) throw new Error(`more than ${maxKeys} keys`);
  }
  if (found.length === 0) throw new Error('an OpenPGP block without keys');
  return found;
}

/** RFC 9580, section 6. The checksum at its end is optional and checks nothing against somebody who wants to lie. */
export function dearmorKeys(armored: string): Buffer {
  const lines = armored
    .trim()
    .split('\n')
    .map(line => line.trimEnd());
  const start = lines.indexOf('');
  if (lines[0] !== '-----BEGIN PGP PUBLIC KEY BLOCK-----' || start < 1)
    throw new Error('no OpenPGP public key block');
  if (lines.at(-1) !== '-----END PGP PUBLIC KEY BLOCK-----')
    throw new Error('an OpenPGP block without its end');
  const body = lines.slice(start + 1, -1);
  if (body.at(-1)?.startsWith('=')) body.pop();
  const text = body.join('');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Error('base64 of another spelling');
  return bytes;
}

/** RFC 9580, section 4.2. Lengths that are stated in parts, or not at all, are for data. */
export function nextPacket(cursor: ByteCursor): { tag: number; bytes: Buffer } {
  const head = cursor.byte();
  if ((head & 0x80) === 0) throw new Error('no OpenPGP packet');
  if ((head & 0x40) === 0) {
    const kind = head & 0x03;
    if (kind === 3) throw new Error('a packet of unknown length');
    const length = kind === 0 ? cursor.byte() : kind === 1 ? cursor.uint16() : cursor.uint32();
    return { tag: (head >> 2) & 0x0f, bytes: cursor.take(length) };
  }
  const first = cursor.byte();
  if (first >= 224 && first < 255) throw new Error('a packet in parts');
  const length =
    first < 192 ? first : first < 224 ? ((first - 192) << 8) + cursor.byte() + 192 : cursor.uint32();
  return { tag: head & 0x3f, bytes: cursor.take(length) };
}

function keyNumbers(packet: Buffer): KeyNumbers {
  const cursor = new ByteCursor(packet);
  const version = cursor.byte();
  if (version < 4 || version > 6) throw new Error(`an OpenPGP key of version ${version}`);
  cursor.uint32();
  const algorithm = cursor.byte();
  // How many bytes the numbers take, which they say themselves.
  if (version > 4) cursor.uint32();
  const numbers = publicNumbers(algorithm, cursor);
  cursor.end();
  return numbers;
}

function publicNumbers(algorithm: number, cursor: ByteCursor): KeyNumbers {
  if (rsa.has(algorithm)) return { kind: 'rsa', n: cursor.mpi(), e: cursor.mpi() };
  const fixed = fixedPoints.get(algorithm);
  if (fixed !== undefined) {
    const [name, length] = fixed;
    const point = cursor.take(length);
    if (name === 'ed25519') return ed25519Numbers(point);
    return name === 'x25519' ? { kind: name, point } : { kind: 'other', name, bytes: point };
  }
  if (algorithm === dsa || algorithm === elgamal) {
    const numbers = Array.from({ length: algorithm === dsa ? 4 : 3 }, () => cursor.mpi().toString('hex'));
    return { kind: 'other', name: 'finite field', bytes: Buffer.from(`${numbers[0]} ${numbers.at(-1)}`) };
  }
  if (algorithm !== ecdh && algorithm !== ecdsa && algorithm !== eddsaLegacy) {
    return { kind: 'other', name: `openpgp ${algorithm}`, bytes: cursor.take(cursor.left) };
  }
  const curve = cursor.take(cursor.byte()).toString('hex');
  const point = cursor.mpi();
  if (algorithm === ecdh) cursor.take(cursor.byte());
  return curvePoint(curve, point);
}

/** RFC 9580, section 11.2: 0x04 before two coordinates, 0x40 before a point in the curve's own form. */
function curvePoint(curve: string, point: Buffer): KeyNumbers {
  if (curve === ed25519Legacy || curve === curve25519Legacy) {
    if (point[0] !== 0x40 || point.length !== 33) throw new Error('a point of wrong form');
    const own = point.subarray(1);
    return curve === ed25519Legacy ? ed25519Numbers(own) : { kind: 'x25519', point: own };
  }
  const half = (point.length - 1) / 2;
  if (point[0] !== 4 || !Number.isInteger(half)) throw new Error('a point of wrong form');
  return { kind: 'ec', curve, x: point.subarray(1, 1 + half), y: point.subarray(1 + half) };
}
