/** By what people compare a commit before it is signed, by phone if need be. */
import { createHash } from 'node:crypto';
import { parseCommit } from './commit-object.ts';
import type { ObjectId } from './object-source.ts';

/** 32 letters and digits, none of which is taken for another: no I, L, O, U. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 100 bits. */
const groups = 5;
const lettersOfGroup = 4;

/**
 * The first 100 bits of the SHA-256 of what is signed: `7K2M-XWQ0-3FHA-9DRT-B6NE`. Of the commit without its signature, so
 * the same before and after; not git's id, which is of SHA-1 and changes.
 * @param payload the raw commit without its signature
 */
export function commitFingerprint(payload: Uint8Array): string {
  const digest = createHash('sha256').update(payload).digest('hex');
  let bits = BigInt(`0x${digest.slice(0, (groups * lettersOfGroup * 5) / 4)}`);
  const read: string[] = [];
  for (let index = 0; index < groups * lettersOfGroup; index += 1) {
    read.unshift(letters.charAt(Number(bits & 31n)));
    bits >>= 5n;
  }
  return (read.join('').match(new RegExp(`.{${lettersOfGroup}}`, 'g')) ?? []).join('-');
}

/**
 * What of a raw commit is signed, or would be.
 * @throws TowlineError TRUST_MALFORMED_OBJECT
 */
export function signedPartOf(bytes: Uint8Array, id: ObjectId): Uint8Array {
  return parseCommit(bytes, id).signature?.payload ?? bytes;
}
