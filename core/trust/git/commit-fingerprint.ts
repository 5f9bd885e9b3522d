/** By what people compare a commit before it is signed, by phone if need be. */
import { fingerprintOf } from '../../fingerprint.ts';
import { parseCommit } from './commit-object.ts';
import type { ObjectId } from './object-source.ts';

/**
 * The first 100 bits of the SHA-256 of what is signed: `7K2M-XWQ0-3FHA-9DRT-B6NE`. Of the commit without its signature, so
 * the same before and after; not git's id, which is of SHA-1 and changes.
 * @param payload the raw commit without its signature
 */
export const commitFingerprint = (payload: Uint8Array): string => fingerprintOf(payload);

/**
 * What of a raw commit is signed, or would be.
 * @throws TowlineError TRUST_MALFORMED_OBJECT
 */
export function signedPartOf(bytes: Uint8Array, id: ObjectId): Uint8Array {
  return parseCommit(bytes, id).signature?.payload ?? bytes;
}
