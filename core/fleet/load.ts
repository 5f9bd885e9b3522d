/** Reads a whole fleet repository at a commit: every file of every kind, all problems at once. */
import type { Problem } from '../errors.ts';
import { isTowlineError } from '../errors.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { Collection } from './collection.ts';
import { crossCheck } from './cross-check.ts';
import type { Fleet } from './fleet.ts';
import { maxDevices, maxFilesOfAKind, maxYamlBytes } from './limits.ts';
import { keyOf, nameFits, type Place, placeOf, rolloutPath } from './paths.ts';
import { type ReadFile, readFleetFile } from './read-file.ts';
import type { RepositoryEntry, RepositoryFiles } from './repository-files.ts';
import { byApp } from './rollout-files.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';

export interface LoadOptions {
  /**
   * What was read for an earlier commit, by path and blob id; filled and cleared of what is gone. A gateway that
   * follows main of ten thousand devices reads only what changed.
   */
  readonly cache?: Map<string, ReadFile<FileKind>>;
  /** Which of several files that give one id had it first; without it none of them counts. */
  readonly firstOf?: (paths: readonly string[]) => Promise<string | undefined>;
  /** False: what files contradict in each other is not looked for. */
  readonly checks?: boolean;
}

function meantBy(path: string): string {
  if (/^apps\/[^/]+\/releases\//.test(path)) return 'a folder with release.yaml in it';
  return /^rollouts\/(?:[^/]+|.*\/.*\/.*)$/.test(path) ? rolloutPath('<app>', '<name>') : '.yaml';
}

/** Looks at names alone: whether the file is one to be read. */
function admit(collection: Collection, path: string): Place | undefined {
  const app = /^apps\/([^/]+)\//.exec(path)?.[1];
  if (app !== undefined) collection.folders.add(app);
  const place = placeOf(path);
  if (place === undefined) return undefined;
  if (place === 'misnamed') {
    collection.problem(
      'FLEET_FILE_UNEXPECTED',
      `not read by this name; did you mean ${meantBy(path)}?`,
      path,
    );
    return undefined;
  }
  if (!nameFits(place)) {
    collection.problem('FLEET_FILE_NAME', `"${keyOf(place)}" cannot be the name of a ${place.kind}`, path);
    return undefined;
  }
  const present = collection.present[place.kind];
  const other = present.get(keyOf(place));
  if (other !== undefined) {
    collection.problem('FLEET_DEVICE_DUPLICATE', `the id "${place.name}" stands in ${other} too`, path);
    const paths = collection.duplicates.get(place.name) ?? [other];
    collection.duplicates.set(place.name, [...paths, path]);
    return place;
  }
  const limit = place.kind === 'device' ? maxDevices : maxFilesOfAKind;
  if (present.size === limit)
    collection.problem('FLEET_TOO_LARGE', `more than ${limit} files of this kind`, path);
  present.set(keyOf(place), path);
  return present.size > limit ? undefined : place;
}

/** Of files that give one id the one counts that had it first, or none: else a later one takes a device over. */
async function settle(collection: Collection, { firstOf }: LoadOptions): Promise<void> {
  const { device } = collection.files;
  for (const [id, paths] of collection.duplicates) {
    device.delete(id);
    const first = collection.contenders.device.get((await firstOf?.(paths)) ?? '');
    if (first !== undefined) device.set(id, first);
  }
}

async function readOne(
  reader: RepositoryFiles,
  entry: RepositoryEntry,
  kind: FileKind,
): Promise<ReadFile<FileKind>> {
  try {
    return readFleetFile(kind, entry.path, await reader.blob(entry.id, maxYamlBytes));
  } catch (error) {
    const tooLarge = tooLargeProblem(error, entry.path);
    if (tooLarge === undefined) throw error;
    return { problems: [tooLarge] };
  }
}

/** A reader refuses what is over the limit with an error of its own area; here it is one problem among others. */
export function tooLargeProblem(error: unknown, file: string): Problem | undefined {
  if (!isTowlineError(error, 'TRUST_LIMIT')) return undefined;
  return { code: 'FLEET_FILE_TOO_LARGE', message: error.message, position: { file } };
}

/** What cannot be read is for the walk to refuse. */
async function policyKeys(
  reader: RepositoryFiles,
  commit: ObjectId,
  { files }: Collection,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const principals = Object.values(files.policy.get('')?.value.principals ?? {});
  for (const path of principals.flatMap(({ openpgp = [] }) => openpgp)) {
    const file = await reader.fileAt(commit, path, maxYamlBytes).catch(error => {
      if (tooLargeProblem(error, path) === undefined) throw error;
    });
    if (file !== undefined) found.set(path, Buffer.from(file.bytes).toString('utf8'));
  }
  return found;
}

function assemble(
  commit: ObjectId,
  collection: Collection,
  file: CheckedFile<'fleet'>,
  keys: Fleet['policyKeys'],
): Fleet {
  const { files } = collection;
  const sorted = <Value>(map: ReadonlyMap<string, Value>) =>
    new Map([...map].sort(([left], [right]) => (left < right ? -1 : 1)));
  const apps = [...collection.folders].sort().map(app => {
    const releases = [...files.release].flatMap(([key, release]) =>
      key.startsWith(`${app}/`) ? [[key.slice(app.length + 1), release] as const] : [],
    );
    return [app, { file: files.app.get(app), releases: sorted(new Map(releases)) }] as const;
  });
  return {
    commit,
    name: file.value.name,
    file,
    policy: files.policy.get(''),
    images: files.images.get(''),
    policyKeys: keys,
    groups: sorted(files.group),
    devices: sorted(files.device),
    apps: new Map(apps),
    rollouts: byApp(files.rollout),
    agents: sorted(files.agents),
    operators: sorted(files.operator),
  };
}

/**
 * Reads the whole repository at a commit.
 * @returns every problem, and the fleet as far as it can be read: without the files that have problems of their own;
 *   no fleet where fleet.yaml itself cannot be read. Whoever applies it asks for `problems` to be empty.
 * @throws TowlineError when an object is missing or malformed
 */
export async function loadFleet(
  reader: RepositoryFiles,
  commit: ObjectId,
  options: LoadOptions = {},
): Promise<{ fleet?: Fleet; problems: Problem[] }> {
  const collection = new Collection();
  for await (const entry of reader.list(commit, '')) {
    const place = admit(collection, entry.path);
    if (place === undefined) continue;
    const cacheKey = `${entry.id} ${entry.path}`;
    const read = options.cache?.get(cacheKey) ?? (await readOne(reader, entry, place.kind));
    collection.used.set(cacheKey, read);
    collection.problems.push(...read.problems);
    if (read.file !== undefined) collection.add(place.kind, keyOf(place), read.file);
  }
  await settle(collection, options);
  if (options.cache !== undefined) {
    options.cache.clear();
    for (const [key, read] of collection.used) options.cache.set(key, read);
  }
  const file = collection.files.fleet.get('');
  if (!collection.present.fleet.has('')) {
    collection.problem('FLEET_FILE_MISSING', 'there is no fleet.yaml in this commit', 'fleet.yaml');
  }
  const keys = file === undefined ? new Map<string, string>() : await policyKeys(reader, commit, collection);
  const fleet = file === undefined ? undefined : assemble(commit, collection, file, keys);
  if (fleet !== undefined && options.checks !== false)
    collection.problems.push(...crossCheck(fleet, collection.present));
  const problems = inFileOrder(collection.problems);
  return fleet === undefined ? { problems } : { fleet, problems };
}

/** By file, line, column: the order in which a person goes through them. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    ({ position: left }, { position: right }) =>
      (left.file < right.file ? -1 : left.file > right.file ? 1 : 0) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0),
  );
}
