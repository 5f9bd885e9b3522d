/** A fleet at a commit, of which only files are read that were not there the last time: for who looks again and again. */
import { FleetProblems } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { placeOf } from '../../core/fleet/paths.ts';
import type { ReadFile } from '../../core/fleet/read-file.ts';
import { checkSchema, type FileKind } from '../../core/fleet/schema-check.ts';
import { KeptFile } from './kept-file.ts';
import type { Snapshot } from './repository.ts';

/** Files that are read anew without being written down: less than that takes longer to write than to read. */
const fewFiles = 64;

/**
 * As far as it can be read: files with problems of their own are left out, and what they contradict is not asked.
 * @throws FleetProblems where fleet.yaml itself cannot be read
 */
export async function loadKeptFleet(gitDirectory: string, snapshot: Snapshot): Promise<Fleet> {
  const kept = new KeptFile(gitDirectory, 'fleet-files');
  const cache = new Map<string, ReadFile<FileKind>>();
  for (const [key, value] of await kept.read()) {
    const file = keptFile(key, value);
    if (file !== undefined) cache.set(key, file);
  }
  const before = new Set(cache.keys());
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit, { cache, checks: false });
  if (fleet === undefined) throw new FleetProblems(problems);
  const fresh = [...cache].filter(([key, { file }]) => file !== undefined && !before.has(key));
  if (fresh.length > fewFiles) {
    await kept.write(
      [...cache].flatMap(([key, { file }]) => (file === undefined ? [] : [[key, file.value]])),
    );
  }
  return fleet;
}

/** @param key blob id and path */
function keptFile(key: string, value: unknown): ReadFile<FileKind> | undefined {
  const path = key.slice(41);
  const place = placeOf(path);
  if (place === undefined || place === 'misnamed') return undefined;
  const checked = checkSchema(place.kind, {
    ...{ path, value },
    locate: () => ({ file: path }),
    source: () => undefined,
  });
  return checked.file === undefined ? undefined : checked;
}
