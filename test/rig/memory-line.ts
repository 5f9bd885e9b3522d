/** A line of signed commits in memory, and the walk along it: many small histories in a second. */
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { openAnchor, type WalkResult, walk } from '../../core/trust/walk.ts';
import { MemoryRepository, type MemorySigner } from '../../lab/rig/memory-repository.ts';

/** Path → content; null: the file is removed. */
export type Changes = Readonly<Record<string, string | null>>;

const startSec = Date.UTC(2026, 10, 28, 12) / 1000;

export class MemoryLine {
  readonly repository = new MemoryRepository();
  readonly anchor: ObjectId;
  readonly #fleet: string;
  #head: ObjectId;
  #files = new Map<string, string>();
  #count = 0;

  /** @param fleet its name, which each message says */
  constructor(fleet: string, files: Changes, signer: MemorySigner) {
    this.#fleet = fleet;
    this.anchor = this.#head = this.#commit(files, [], signer);
  }

  get head(): ObjectId {
    return this.#head;
  }

  /** A minute after the one before. */
  commit(signer: MemorySigner, changes: Changes): ObjectId {
    this.#head = this.#commit(changes, [this.#head], signer);
    return this.#head;
  }

  /** As a device that comes back does. */
  async walk(): Promise<WalkResult> {
    const reader = new ObjectReader(this.repository);
    const trusted = await openAnchor(reader, this.anchor);
    const { signal } = new AbortController();
    return await walk({ reader, trusted, head: this.#head, signal });
  }

  #commit(changes: Changes, parents: readonly ObjectId[], signer: MemorySigner): ObjectId {
    for (const [path, content] of Object.entries(changes)) {
      if (content === null) this.#files.delete(path);
      else this.#files.set(path, content);
    }
    const timeSec = startSec + 60 * this.#count++;
    const message = `A change\n\nTowline-Ref: ${this.#fleet}/main\n`;
    return this.repository.commit({ files: this.#files, parents, message, timeSec, signer });
  }
}
