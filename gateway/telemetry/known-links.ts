/** What the commits and trees of telemetry.git point to; the newest in memory, older ones read from the repository. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { type Links, linksOf } from './object-links.ts';

/** A device's newest tree may hold this many files. */
const maxClosure = 20_000;

export class KnownLinks {
  readonly #source: ObjectSource;
  readonly #maxWeight: number;
  readonly #cache = new Map<ObjectId, Links>();
  #weight = 0;

  /** @param maxWeight ids in memory, about 100 bytes each. */
  constructor(source: ObjectSource, maxWeight = 400_000) {
    this.#source = source;
    this.#maxWeight = maxWeight;
  }

  remember(id: ObjectId, links: Links): void {
    this.#forget(id);
    this.#cache.set(id, links);
    this.#weight += weightOf(links);
    for (const oldest of this.#cache.keys()) {
      if (this.#weight <= this.#maxWeight) return;
      this.#forget(oldest);
    }
  }

  #forget(id: ObjectId): void {
    const links = this.#cache.get(id);
    if (links === undefined) return;
    this.#weight -= weightOf(links);
    this.#cache.delete(id);
  }

  /**
   * Everything in the tree of a commit that the repository holds: what a push on top of it may use again.
   * @returns id → whether it is a tree.
   * @throws TowlineError GATEWAY_STATE_UNUSABLE when the repository lacks a part of it.
   */
  async contentOf(commit: ObjectId): Promise<ReadonlyMap<ObjectId, boolean>> {
    const content = new Map<ObjectId, boolean>();
    const top = await this.#linksOf(commit);
    if (top.type !== 'commit') throw unusable(commit);
    const trees = [top.tree];
    content.set(top.tree, true);
    for (let tree = trees.pop(); tree !== undefined; tree = trees.pop()) {
      const links = await this.#linksOf(tree);
      if (links.type !== 'tree' || content.size > maxClosure) throw unusable(tree);
      for (const entry of links.entries) {
        if (content.has(entry.id)) continue;
        content.set(entry.id, entry.isTree);
        if (entry.isTree) trees.push(entry.id);
      }
    }
    return content;
  }

  async #linksOf(id: ObjectId): Promise<Links> {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const object = await this.#source.read(id);
    const links = object === undefined ? undefined : linksOf(object);
    if (links === undefined) throw unusable(id);
    this.remember(id, links);
    return links;
  }
}

function weightOf(links: Links): number {
  return 2 + (links.type === 'commit' ? links.parents.length : links.entries.length);
}

function unusable(id: ObjectId): TowlineError {
  return new TowlineError(
    'GATEWAY_STATE_UNUSABLE',
    `telemetry.git: ${id} is missing or not what it should be`,
  );
}
