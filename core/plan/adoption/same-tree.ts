/** A file or folder of the repository, and what a container has in its place. */
import { type FileTree, isFolderEntry } from '../file-tree.ts';
import type { TarFile } from './read-tar.ts';

interface Seen {
  readonly secrets: ReadonlyMap<string, string> | undefined;
  /** By path below what is mounted, '' for a file itself; undefined: nobody could read it. */
  readonly there: ReadonlyMap<string, TarFile> | undefined;
  /** A config or secret: its mode is its own matter. */
  readonly isConfig: boolean;
}

/** Whether both have the same files, of the same bytes, and the same of them can be run. */
export function sameTree(tree: FileTree, { secrets, there, isConfig }: Seen): boolean {
  if (there === undefined) return false;
  const below = (path: string) => (path === tree.leaf ? '' : path.slice(tree.leaf.length + 1));
  // Folders and empty files that are there to be mounted on hold nothing.
  const wanted = tree.entries.filter(entry => !isFolderEntry(entry));
  const names = new Set(wanted.map(({ path }) => below(path)));
  for (const [path, { bytes }] of there) if (!names.has(path) && bytes.length > 0) return false;
  return wanted.every(({ path, mode, bytes }) => {
    const found = there.get(below(path));
    const value = tree.variable === undefined ? bytes : secrets?.get(tree.variable);
    if (found === undefined || value === undefined) return found === undefined && bytes.length === 0;
    const isRun = (one: number) => (one & 0o100) !== 0;
    return Buffer.from(value).equals(found.bytes) && (isConfig || isRun(mode) === isRun(found.mode));
  });
}
