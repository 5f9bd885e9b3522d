/**
 * What devices may fetch of fleet.git: main, and the signed timestamp beside it. Kept in memory, so that a poll
 * touches no disk; read again when something says that the repository changed, and on a timer.
 */
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { type Advert, type GitProtocol, uploadPackAdvert } from './advert.ts';
import { readRef } from './bare-refs.ts';
import type { ServedCommits } from './served-commits.ts';

export const mainRef = 'refs/heads/main';
export const timestampRef = 'refs/towline/timestamp';

/** Tips that were advertised a moment ago: a device may ask for what it was just told. */
const recentTips = 64;

export class ServedRefs {
  readonly #gitDirectory: string;
  readonly #commits: ServedCommits;
  readonly #listeners = new Set<() => void>();
  #refs: ReadonlyMap<string, ObjectId> = new Map();
  #adverts: Readonly<Record<GitProtocol, Advert>> = advertsOf(new Map());
  #generation = 0;
  #recent: ObjectId[] = [];
  #reading: Promise<void> | undefined;

  constructor(gitDirectory: string, commits: ServedCommits) {
    this.#gitDirectory = gitDirectory;
    this.#commits = commits;
  }

  get refs(): ReadonlyMap<string, ObjectId> {
    return this.#refs;
  }

  get main(): ObjectId | undefined {
    return this.#refs.get(mainRef);
  }

  /** Raised by one whenever a served ref changes: part of every cache key. */
  get generation(): number {
    return this.#generation;
  }

  advert(protocol: GitProtocol): Advert {
    return this.#adverts[protocol];
  }

  /** Whether a device may want this object: the tip of a served ref, now or a moment ago. */
  mayWant(id: ObjectId): boolean {
    return this.#recent.includes(id);
  }

  /** Whether a device may learn that this commit is here. */
  isServed(id: ObjectId): boolean {
    return this.#commits.has(id);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the refs; calls made meanwhile wait for a reading that began after them. */
  async refresh(): Promise<void> {
    const earlier = this.#reading;
    const reading = (async () => {
      await earlier?.catch(() => undefined);
      await this.#read();
    })();
    this.#reading = reading;
    try {
      await reading;
    } finally {
      if (this.#reading === reading) this.#reading = undefined;
    }
  }

  async #read(): Promise<void> {
    const found = new Map<string, ObjectId>();
    for (const name of [mainRef, timestampRef]) {
      const id = await readRef(this.#gitDirectory, name);
      if (id !== undefined) found.set(name, id);
    }
    if (sameRefs(found, this.#refs)) return;
    if (!(await this.#commits.follow(found.get(mainRef)))) this.#recent = [];
    this.#refs = found;
    this.#adverts = advertsOf(found);
    this.#generation += 1;
    this.#recent = [...new Set([...found.values(), ...this.#recent])].slice(0, recentTips);
    for (const listener of [...this.#listeners]) listener();
  }
}

function advertsOf(refs: ReadonlyMap<string, ObjectId>): Readonly<Record<GitProtocol, Advert>> {
  return { 0: uploadPackAdvert(refs, 0), 2: uploadPackAdvert(refs, 2) };
}

function sameRefs(a: ReadonlyMap<string, ObjectId>, b: ReadonlyMap<string, ObjectId>): boolean {
  return a.size === b.size && [...a].every(([name, id]) => b.get(name) === id);
}
