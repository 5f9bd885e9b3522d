/** Ids of all devices at a commit, by the names of their files alone. */

import type { ObjectId } from '../trust/git/object-source.ts';
import { placeOf } from './paths.ts';
import type { RepositoryFiles } from './repository-files.ts';

export async function deviceIds(files: RepositoryFiles, commit: ObjectId): Promise<string[]> {
  const ids: string[] = [];
  for await (const { path } of files.list(commit, 'devices')) {
    const place = placeOf(path);
    if (typeof place === 'object') ids.push(place.name);
  }
  return ids;
}
