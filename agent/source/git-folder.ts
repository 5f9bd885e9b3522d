/**
 * The file system that isomorphic-git gets. Its own writes are not durable, and it moves refs and the shallow file before
 * the pack is on the disk: power lost in between would leave a store that names what it does not have.
 */
import { lstat, mkdir, readdir, readFile, readlink, rmdir, stat, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { makeFolderDurably, writeDurably } from '../../core/io/file/durable-file.ts';

/** What isomorphic-git writes by itself at a wrong moment; `Generation` writes them when their pack is there. */
const notNow = /^(refs\/|logs\/|shallow$|packed-refs$|HEAD$|FETCH_HEAD$)/;

/** isomorphic-git asks for a refspec even where ref and remoteRef are named. */
const config = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[remote "origin"]
	fetch = +refs/heads/main:refs/remotes/origin/main
	fetch = +refs/towline/timestamp:refs/remotes/origin/timestamp
`;

export function gitFileSystem(gitdir: string) {
  const writeFile = async (file: string, bytes: Uint8Array | string): Promise<void> => {
    if (notNow.test(path.relative(gitdir, file))) return;
    await writeDurably(file, bytes);
  };
  const promises = {
    readFile,
    writeFile,
    mkdir,
    rmdir,
    unlink,
    stat,
    lstat,
    readdir,
    readlink,
    symlink,
  };
  return { promises };
}

/** An empty repository without a working tree, as git itself makes it. */
export async function makeGitFolder(gitdir: string): Promise<void> {
  await makeFolderDurably(path.join(gitdir, 'objects', 'pack'));
  await makeFolderDurably(path.join(gitdir, 'refs', 'heads'));
  await writeDurably(path.join(gitdir, 'config'), config);
  await writeDurably(path.join(gitdir, 'HEAD'), 'ref: refs/heads/main\n');
}
