/** Ids of commits, 20 bytes each: a hundred thousand of them are four megabytes. */
import type { ObjectId } from '../../core/trust/git/object-source.ts';

const idBytes = 20;

/** Open addressing; an id is its own hash. A place of zeros is free. */
export class CommitSet {
  #places = Buffer.alloc(1024 * idBytes);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: ObjectId): boolean {
    return !this.#isFree(this.#find(Buffer.from(id, 'hex')));
  }

  add(id: ObjectId): void {
    if (this.#size * 2 * idBytes >= this.#places.length) this.#grow();
    this.#put(Buffer.from(id, 'hex'));
  }

  #put(id: Buffer): void {
    const at = this.#find(id);
    if (!this.#isFree(at)) return;
    id.copy(this.#places, at);
    this.#size += 1;
  }

  /** Where it is, or where it would be. */
  #find(id: Buffer): number {
    const count = this.#places.length / idBytes;
    let place = id.readUInt32BE(0) % count;
    for (;;) {
      const at = place * idBytes;
      if (this.#isFree(at) || id.compare(this.#places, at, at + idBytes) === 0) return at;
      place = (place + 1) % count;
    }
  }

  #isFree(at: number): boolean {
    for (let index = at; index < at + idBytes; index += 1) if (this.#places[index] !== 0) return false;
    return true;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = Buffer.alloc(before.length * 2);
    this.#size = 0;
    for (let at = 0; at < before.length; at += idBytes) {
      const id = before.subarray(at, at + idBytes);
      if (id.some(byte => byte !== 0)) this.#put(id);
    }
  }
}
