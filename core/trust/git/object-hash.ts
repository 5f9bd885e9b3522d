import { createHash } from 'node:crypto';
import { TowlineError } from '../../errors.ts';
import type { ObjectId, RawObject } from './object-source.ts';

/** git's name of an object: SHA-1 over `type size\0` and the content (gitformat-pack, "Object types"). */
export function objectId(object: RawObject): ObjectId {
  return createHash('sha1')
    .update(`${object.type} ${object.bytes.length}\0`, 'latin1')
    .update(object.bytes)
    .digest('hex');
}

/** @throws TowlineError TRUST_OBJECT_HASH when the object does not have this id. */
export function assertObjectId(object: RawObject, id: ObjectId): void {
  const actual = objectId(object);
  if (actual !== id) {
    throw new TowlineError('TRUST_OBJECT_HASH', `object ${id} has bytes that hash to ${actual}`, {
      details: { id, actual },
    });
  }
}
