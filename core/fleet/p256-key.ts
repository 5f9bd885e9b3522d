/** Whether bytes are a P-256 public key. A gateway asks it of every device of a fleet at every commit: without OpenSSL. */
import { createPublicKey } from 'node:crypto';

/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to its coordinates (RFC 5480, 2). */
const spkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const coordinateBytes = 32;
/** FIPS 186-5, P-256: y² = x³ - 3x + b modulo the prime. */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** @param base64 SubjectPublicKeyInfo, DER. */
export function isP256(base64: string): boolean {
  const der = Buffer.from(base64, 'base64');
  const point = der.subarray(spkiPrefix.length);
  if (point.length !== 2 * coordinateBytes || !der.subarray(0, spkiPrefix.length).equals(spkiPrefix)) {
    return isUnusualP256(der);
  }
  const x = numberOf(point.subarray(0, coordinateBytes));
  const y = numberOf(point.subarray(coordinateBytes));
  return x < prime && y < prime && (y * y - (x * x * x - 3n * x + b)) % prime === 0n;
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** Compressed, or with parameters spelt out: what OpenSSL reads. */
function isUnusualP256(der: Buffer): boolean {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
