/** Objects that nobody has written yet, above those that are there. */
import type { ObjectId, ObjectSource, RawObject } from '../trust/git/object-source.ts';

export class OverlaySource implements ObjectSource {
  readonly #base: ObjectSource;
  readonly #objects: ReadonlyMap<ObjectId, RawObject>;

  constructor(base: ObjectSource, objects: readonly (RawObject & { readonly id: ObjectId })[]) {
    this.#base = base;
    this.#objects = new Map(objects.map(({ id, type, bytes }) => [id, { type, bytes }]));
  }

  async read(id: ObjectId, maxBytes?: number): Promise<RawObject | undefined> {
    return this.#objects.get(id) ?? (await this.#base.read(id, maxBytes));
  }
}
