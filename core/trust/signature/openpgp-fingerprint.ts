import { createHash } from 'node:crypto';
import { ByteCursor } from '../git/byte-cursor.ts';
import { nextPacket } from './openpgp-key-numbers.ts';

const publicKeyTag = 6;
const publicSubkeyTag = 14;

/**
 * Fingerprints of the version 4 keys in an armored block, without reading more of it: thousands of device files are
 * looked through when a policy gains a key. What cannot be read has none.
 */
export function armoredFingerprints(armored: string): string[] {
  const lines = armored.split('\n').map(line => line.trim());
  const body = lines.slice(lines.indexOf('') + 1).filter(line => line !== '' && !/^[=-]/.test(line));
  const fingerprints: string[] = [];
  try {
    const cursor = new ByteCursor(Buffer.from(body.join(''), 'base64'));
    while (cursor.left > 0) {
      const { tag, bytes } = nextPacket(cursor);
      if ((tag === publicKeyTag || tag === publicSubkeyTag) && bytes[0] === 4)
        fingerprints.push(keyFingerprint(bytes));
    }
  } catch {
    // Cut off or another format: what was found so far counts.
  }
  return fingerprints;
}

/** A version 4 key as it is hashed, for its fingerprint and by signatures (RFC 9580, sections 5.2.4 and 5.5.4.2). */
export function hashedKeyBody(body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x99, body.length >> 8, body.length & 0xff), body]);
}

/** 40 hexadecimal digits in capitals. */
export function keyFingerprint(body: Buffer): string {
  return createHash('sha1').update(hashedKeyBody(body)).digest('hex').toUpperCase();
}
