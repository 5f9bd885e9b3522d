/** Loads of a fleet for one change after the other: of ten thousand files a change is of few, and each state is read once. */
import { type LoadOptions, loadFleet } from '../fleet/load.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

export type LoadedFleet = Awaited<ReturnType<typeof loadFleet>>;
type Cache = NonNullable<LoadOptions['cache']>;

export class FleetLoads {
  readonly #cache: Cache;
  readonly #known = new WeakMap<RepositoryFiles, Map<ObjectId, Promise<LoadedFleet>>>();

  /** @param cache of `loadFleet`: that of whoever follows main, or one of its own */
  constructor(cache: Cache = new Map()) {
    this.#cache = cache;
  }

  /** The same load for the same files. @throws as `loadFleet` */
  of(files: RepositoryFiles, commit: ObjectId): Promise<LoadedFleet> {
    const known = this.#known.get(files) ?? new Map<ObjectId, Promise<LoadedFleet>>();
    this.#known.set(files, known);
    const load = known.get(commit) ?? loadFleet(files, commit, { cache: this.#cache });
    known.set(commit, load);
    return load;
  }
}
