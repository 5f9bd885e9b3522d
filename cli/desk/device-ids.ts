/** Ids of all devices at a commit, by the names of their files alone. */
import { placeOf } from '../../core/fleet/paths.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export async function deviceIds(files: RepositoryFiles, commit: ObjectId): Promise<string[]> {
  const ids: string[] = [];
  for await (const { path } of files.list(commit, 'devices')) {
    const place = placeOf(path);
    if (typeof place === 'object') ids.push(place.name);
  }
  return ids;
}
