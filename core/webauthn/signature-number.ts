/** The numbers of an ECDSA signature: SSH's `mpint` and DER's INTEGER spell a positive number alike. */
import { padNumber } from '../trust/git/byte-cursor.ts';

const numberBytes = 32;

/**
 * A positive number in its one spelling, as 32 bytes.
 * @throws Error that says what is there.
 */
export function readSignatureNumber(bytes: Buffer): Buffer {
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 0 || (bytes.length === 1 && first === 0)) throw new Error('a number that is zero');
  const isMinimal = first === 0 ? second >= 0x80 : first < 0x80;
  const padded = padNumber(bytes, numberBytes);
  if (!isMinimal || padded === undefined) throw new Error('a number that is not in its one spelling');
  return padded;
}

/** The same the other way: no needless zeros, one where the number would look negative. */
export function writeSignatureNumber(number: Buffer): Buffer {
  const start = number.findIndex(byte => byte !== 0);
  const bytes = number.subarray(Math.max(start, 0));
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}
