/** Which commit of main's own line brought each release: read from objects alone, from the head to where it was read before. */
import { releasePath } from '../fleet/paths.ts';
import { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../trust/git/object-source.ts';

/** Commits of main that are looked through; of what is older nobody is told who brought it. */
const maxLine = 50_000;
const limits = { maxObjects: Number.POSITIVE_INFINITY, maxTotalBytes: Number.POSITIVE_INFINITY };

export class BroughtReleases {
  readonly #source: ObjectSource;
  /** Path of a release.yaml → the newest commit that brought it. */
  #found: ReadonlyMap<string, ObjectId> = new Map();
  #head: ObjectId | undefined;

  constructor(source: ObjectSource) {
    this.#source = source;
  }

  /** @throws TowlineError what the reader throws; the signal's reason */
  async at(head: ObjectId, signal: AbortSignal): Promise<ReadonlyMap<string, ObjectId>> {
    if (this.#head === head) return this.#found;
    const reader = new ObjectReader(this.#source, limits);
    const found = new Map<string, ObjectId>();
    let at: ObjectId | undefined = head;
    for (let depth = 0; at !== undefined && at !== this.#head && depth < maxLine; depth += 1) {
      signal.throwIfAborted();
      const [parent]: readonly ObjectId[] = (await reader.commit(at)).parents;
      for (const path of await broughtBy(reader, at, parent)) if (!found.has(path)) found.set(path, at);
      at = parent;
    }
    // Main that went elsewhere is read from its head to its end.
    const before = at !== undefined && at === this.#head ? this.#found : [];
    for (const [path, commit] of before) if (!found.has(path)) found.set(path, commit);
    this.#found = found;
    this.#head = head;
    return found;
  }
}

async function broughtBy(
  reader: ObjectReader,
  commit: ObjectId,
  parent: ObjectId | undefined,
): Promise<string[]> {
  const before = parent === undefined ? undefined : await reader.entryAt(parent, 'apps');
  const after = await reader.entryAt(commit, 'apps');
  if (after === undefined || after.id === before?.id) return [];
  const brought: string[] = [];
  const old = new Map(
    (before === undefined ? [] : await reader.tree(before.id)).map(({ name, id }) => [name, id]),
  );
  for (const { name: app, id } of await reader.tree(after.id)) {
    if (old.get(app) === id) continue;
    const known = parent === undefined ? new Set<string>() : await releasesAt(reader, parent, app);
    for (const version of await releasesAt(reader, commit, app))
      if (!known.has(version)) brought.push(releasePath(app, version));
  }
  return brought;
}

async function releasesAt(reader: ObjectReader, commit: ObjectId, app: string): Promise<Set<string>> {
  const folder = await reader.entryAt(commit, `apps/${app}/releases`);
  if (folder === undefined || folder.mode !== '040000') return new Set();
  return new Set((await reader.tree(folder.id)).map(({ name }) => name));
}
