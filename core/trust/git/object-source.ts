/** Raw git objects, as they are named by their SHA-1. */

/** Full object id: 40 lower-case hexadecimal digits. */
export type ObjectId = string;

export interface RawObject {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
  /** The object's content, without git's `type size\0` header. */
  readonly bytes: Uint8Array;
}

/**
 * Where raw objects come from: a device's store, `git cat-file --batch`, a map in a test. Not trusted:
 * `ObjectReader` hashes what it gets and reads it strictly.
 */
export interface ObjectSource {
  /**
   * @param maxBytes A source that knows the size before it reads throws `TRUST_LIMIT` beyond it; the reader
   *   checks again.
   * @returns the object, or undefined when the source does not have it.
   */
  read(id: ObjectId, maxBytes?: number): Promise<RawObject | undefined>;
}

/** Whether this is a full id: 40 lower-case hexadecimal digits. */
export function isObjectId(text: string): text is ObjectId {
  return /^[0-9a-f]{40}$/.test(text);
}
