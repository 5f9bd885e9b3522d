import { type ChangedPath, noMode, noObject } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';

/** What stands at a path in one commit: mode and id of the file, zeros where there is none. */
export interface FileSide {
  readonly mode: ChangedPath['newMode'];
  readonly id: ObjectId;
}

/** A folder is no file. @throws TowlineError what the reader throws. */
export async function fileSide(reader: ObjectReader, commit: ObjectId, path: string): Promise<FileSide> {
  const entry = await reader.entryAt(commit, path);
  if (entry === undefined || entry.mode === '040000') return { mode: noMode, id: noObject };
  return { mode: entry.mode, id: entry.id };
}

export function sameSide(one: FileSide, other: FileSide): boolean {
  return one.mode === other.mode && one.id === other.id;
}

export function changeOf(path: string, before: FileSide, after: FileSide): ChangedPath {
  return { path, oldMode: before.mode, oldId: before.id, newMode: after.mode, newId: after.id };
}
