import type { ObjectId, ObjectSource, RawObject } from '../../../core/trust/git/object-source.ts';

/** Larger ones are no commits. */
const maxBytes = 4096;
const kept = 512;

/** Small objects that were read last: the parent of a new commit is asked for first, and the commit itself right after. */
export class RecentSource implements ObjectSource {
  readonly #source: ObjectSource;
  readonly #recent = new Map<ObjectId, RawObject>();

  constructor(source: ObjectSource) {
    this.#source = source;
  }

  async read(id: ObjectId, most?: number): Promise<RawObject | undefined> {
    const known = this.#recent.get(id);
    if (known !== undefined) return known;
    const object = await this.#source.read(id, most);
    if (object === undefined || object.type !== 'commit' || object.bytes.length > maxBytes) return object;
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size < kept) break;
      this.#recent.delete(oldest);
    }
    this.#recent.set(id, object);
    return object;
  }
}
