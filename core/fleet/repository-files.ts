/** What this folder needs of a repository. `ObjectReader` is one; a working tree read by the CLI is another. */
import type { ObjectId } from '../trust/git/object-source.ts';

/** git's mode of a file. */
export type FileMode = '100644' | '100755';

export interface RepositoryEntry {
  /** From the root of the repository, slashes between folders. */
  readonly path: string;
  readonly mode: FileMode;
  readonly id: ObjectId;
}

export interface RepositoryFile {
  readonly mode: FileMode;
  readonly bytes: Uint8Array;
  readonly id: ObjectId;
}

/** Files of a repository at a commit. Methods throw a TowlineError for an object that is missing or malformed. */
export interface RepositoryFiles {
  /** All files below a folder (`''` is the root), nothing when there is no such folder. */
  list(commit: ObjectId, folder: string): AsyncIterable<RepositoryEntry>;
  /** @returns the file, or undefined when there is none of that path. */
  fileAt(commit: ObjectId, path: string, maxBytes: number): Promise<RepositoryFile | undefined>;
  blob(id: ObjectId, maxBytes: number): Promise<Uint8Array>;
}
