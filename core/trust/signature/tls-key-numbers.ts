import { createPublicKey } from 'node:crypto';
import { curveIds, type KeyNumbers, numbersOf } from './key-material.ts';

/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to its coordinates (RFC 5480, 2). */
const uncompressed = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

/**
 * The numbers of a TLS key of P-256: SubjectPublicKeyInfo, base64 of the DER form, both in their one spelling; the
 * point may be compressed.
 * @throws Error that says what is there.
 */
export function tlsKeyNumbers(base64: string): KeyNumbers {
  const der = Buffer.from(base64, 'base64');
  if (der.toString('base64') !== base64) throw new Error('base64 of another spelling');
  if (der.length === uncompressed.length + 64 && der.subarray(0, uncompressed.length).equals(uncompressed)) {
    const [x, y] = [der.subarray(-64, -32), der.subarray(-32)];
    return { kind: 'ec', curve: curveIds['P-256'], x, y };
  }
  if (der[1] !== der.length - 2) throw new Error('bytes behind the key');
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const numbers = numbersOf(key);
  if (numbers.kind !== 'ec' || numbers.curve !== curveIds['P-256'])
    throw new Error('a TLS key that is not of P-256');
  return numbers;
}
