/** A tree of files as a device has it on its disk, named by what is in it. */
import { createHash } from 'node:crypto';
import { canonicalHash } from '../canonical-json.ts';

export interface TreeEntry {
  /** Path inside the tree. */
  readonly path: string;
  /** Permission bits; with the type of a folder, one that is there to be mounted on. */
  readonly mode: number;
  readonly bytes: Uint8Array;
}

export const folderMode = 0o040_755;

export function isFolderEntry({ mode }: TreeEntry): boolean {
  return (mode & 0o170_000) === 0o040_000;
}

export interface FileTree {
  readonly hash: string;
  /** Path of the mounted thing inside the tree's folder. */
  readonly leaf: string;
  readonly secret: boolean;
  /** Secret variable: the device opens it and makes it the bytes of the one entry, in memory only. */
  readonly variable?: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly entries: readonly TreeEntry[];
}

export interface Ownership {
  readonly secret: boolean;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Of the one file; absent: as git has it. */
  readonly mode?: number | undefined;
}

export function makeTree(leaf: string, entries: readonly TreeEntry[], ownership: Ownership): FileTree {
  const content = entries.map(entry => [
    entry.path,
    entry.mode,
    createHash('sha256').update(entry.bytes).digest('hex'),
  ]);
  const { secret, uid, gid } = ownership;
  return { hash: canonicalHash({ content, leaf, secret, uid, gid }), leaf, secret, uid, gid, entries };
}

/** A tree whose content is not known here: named by the sealed form of what it will hold. */
export function sealedTree(
  variable: string,
  fingerprint: string,
  mode: number,
  ownership: Ownership,
): FileTree {
  const { uid, gid } = ownership;
  const leaf = 'content';
  const hash = canonicalHash({ sealed: fingerprint, variable, leaf, mode, uid, gid });
  return {
    hash,
    leaf,
    secret: true,
    variable,
    uid,
    gid,
    entries: [{ path: leaf, mode, bytes: new Uint8Array() }],
  };
}
