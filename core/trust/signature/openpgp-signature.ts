import { createHash, type KeyObject, verify } from 'node:crypto';
import { messageOf } from '../../errors/cause.ts';
import { ByteCursor, padNumber } from '../git/byte-cursor.ts';
import { readArmor } from './armor.ts';
import { type Evidence, unsound } from './evidence.ts';
import { readSignaturePacket, type SignaturePacket } from './openpgp-packet.ts';
import type { KeyAlgorithm, KeyRing, OwnedKey, TrustKey } from './trust-key.ts';

/** Hash algorithms by number (RFC 9580, section 9.5). MD5, SHA-1, RIPEMD-160 and SHA-224 are left out. */
const hashNames: ReadonlyMap<number, string> = new Map([
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
]);

/** Hashes that may speak against a key, but not for it (RFC 9580, section 9.5). */
const weakHashNames: ReadonlyMap<number, string> = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [3, 'ripemd160'],
  [11, 'sha224'],
  [12, 'sha3-256'],
  [14, 'sha3-512'],
]);

export function isStrongHash(algorithm: number): boolean {
  return hashNames.has(algorithm);
}

/** Public-key algorithms by number (RFC 9580, section 9.1). */
const keyAlgorithms: ReadonlyMap<number, readonly KeyAlgorithm[]> = new Map([
  [1, ['rsa']],
  [3, ['rsa']],
  [19, ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521']],
  [22, ['ed25519']],
  [27, ['ed25519']],
]);

const binaryDocument = 0x00;
const ed25519Native = 27;

/** Octets of one number of an ECDSA signature. */
const coordinateBytes: Readonly<Record<string, number>> = {
  'ecdsa-p256': 32,
  'ecdsa-p384': 48,
  'ecdsa-p521': 66,
};

/**
 * Checks a detached OpenPGP signature of version 4. Time is not judged here.
 * @param armored One armored block with one signature packet; several signatures in one are refused, as git does.
 */
export function checkOpenpgpSignature(armored: string, payload: Uint8Array, keys: KeyRing): Evidence {
  const bytes = readArmor(armored, 'PGP SIGNATURE');
  if (bytes === undefined) return unsound('TRUST_SIGNATURE_FORMAT', 'the OpenPGP armor is damaged');
  let packet: SignaturePacket;
  try {
    packet = readSignaturePacket(bytes);
  } catch (error) {
    return unsound('TRUST_SIGNATURE_FORMAT', `the OpenPGP signature has ${messageOf(error)}`);
  }
  if (packet.type !== binaryDocument) {
    return unsound(
      'TRUST_SIGNATURE_FORMAT',
      `the OpenPGP signature is of type ${packet.type}, not over a document`,
    );
  }
  const by = issuer(packet, keys);
  if (by === undefined) {
    const name = packet.issuerFingerprint ?? packet.issuerKeyId ?? 'that is not named';
    return unsound('TRUST_UNKNOWN_KEY', `signed with OpenPGP key ${name}, which the policy does not have`);
  }
  return checkPacket(packet, payload, by);
}

function checkPacket(packet: SignaturePacket, payload: Uint8Array, by: OwnedKey): Evidence {
  const hash = hashNames.get(packet.hashAlgorithm);
  if (hash === undefined) {
    return unsound(
      'TRUST_WEAK_SIGNATURE',
      `hash algorithm ${packet.hashAlgorithm} of OpenPGP is not accepted`,
    );
  }
  if (keyAlgorithms.get(packet.keyAlgorithm)?.includes(by.key.algorithm) !== true) {
    return unsound('TRUST_BAD_SIGNATURE', `signature algorithm ${packet.keyAlgorithm} does not fit the key`);
  }
  if (packet.madeSec < (by.key.createdSec ?? 0)) {
    return unsound('TRUST_BAD_SIGNATURE', 'the signature is older than its key');
  }
  let good = false;
  try {
    good = fitsHash(packet, hash, payload) && verifyNumbers(packet, hash, payload, by.key);
  } catch (error) {
    return unsound('TRUST_SIGNATURE_FORMAT', `the OpenPGP signature has ${messageOf(error)}`);
  }
  if (!good)
    return unsound('TRUST_BAD_SIGNATURE', `the signature with key ${by.key.id} does not fit the commit`);
  const expires = packet.expiresSec === undefined ? {} : { expiresSec: packet.expiresSec };
  return { sound: true, by, madeSec: packet.madeSec, ...expires };
}

/**
 * Whether a signature over `payload` is a key's, under any hash that is known, and whatever it repeats of the digest.
 * @returns undefined when that cannot be decided.
 */
export function verifyOver(
  packet: SignaturePacket,
  payload: Uint8Array,
  key: Pick<TrustKey, 'algorithm' | 'publicKey'>,
): boolean | undefined {
  const hash = hashNames.get(packet.hashAlgorithm) ?? weakHashNames.get(packet.hashAlgorithm);
  if (hash === undefined || keyAlgorithms.get(packet.keyAlgorithm)?.includes(key.algorithm) !== true)
    return undefined;
  try {
    return verifyNumbers(packet, hash, payload, key);
  } catch {
    return undefined;
  }
}

/** A cheap no: two bytes of the digest stand in the signature. */
function fitsHash(packet: SignaturePacket, hash: string, payload: Uint8Array): boolean {
  const digest = createHash(hash).update(payload).update(packet.hashedTail).digest();
  return digest.readUInt16BE() === packet.hashStart;
}

function issuer(packet: SignaturePacket, keys: KeyRing): OwnedKey | undefined {
  if (packet.issuerFingerprint !== undefined) return keys.byFingerprint(packet.issuerFingerprint);
  return packet.issuerKeyId === undefined ? undefined : keys.byKeyId(packet.issuerKeyId);
}

function verifyNumbers(
  packet: SignaturePacket,
  hash: string,
  payload: Uint8Array,
  key: Pick<TrustKey, 'algorithm' | 'publicKey'>,
): boolean {
  const cursor = new ByteCursor(packet.rest);
  if (key.algorithm === 'ed25519') {
    const digest = createHash(hash).update(payload).update(packet.hashedTail).digest();
    const numbers = packet.keyAlgorithm === ed25519Native ? [cursor.take(64)] : [cursor.mpi(), cursor.mpi()];
    cursor.end();
    const signature = packet.keyAlgorithm === ed25519Native ? numbers[0] : joinNumbers(numbers, 32);
    return signature !== undefined && verify(null, digest, key.publicKey, signature);
  }
  const data = Buffer.concat([payload, packet.hashedTail]);
  if (key.algorithm === 'rsa') {
    const signature = padNumber(cursor.mpi(), modulusBytes(key.publicKey));
    cursor.end();
    return signature !== undefined && verify(hash, data, key.publicKey, signature);
  }
  const signature = joinNumbers([cursor.mpi(), cursor.mpi()], coordinateBytes[key.algorithm] ?? 0);
  cursor.end();
  return (
    signature !== undefined &&
    verify(hash, data, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, signature)
  );
}

function joinNumbers(numbers: readonly Buffer[], length: number): Buffer | undefined {
  const padded = numbers.map(number => padNumber(number, length)).filter(number => number !== undefined);
  return padded.length === numbers.length ? Buffer.concat(padded) : undefined;
}

function modulusBytes(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}
