/**
 * Files as `git add --all` would take them from a working tree: with the person's line ends, `ident` and filters (LFS)
 * undone, as devices get them. They are added to an index and a store of their own: the clone stays as it is.
 */
import { copyFile, mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type {
  FileMode,
  RepositoryEntry,
  RepositoryFile,
  RepositoryFiles,
} from '../../core/fleet/repository-files.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from './git.ts';
import { readLimits } from './read-limits.ts';

/** A repository beside the person's, which has what that has, and what is added here. */
interface Store {
  readonly folder: string;
  readonly source: GitCatFileSource;
  readonly reader: ObjectReader;
  readonly entries: ReadonlyMap<string, RepositoryEntry>;
}

export class WorkingTreeFiles implements RepositoryFiles, AsyncDisposable {
  readonly #directory: string;
  #opened: Promise<Store> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  #store(): Promise<Store> {
    this.#opened ??= openStore(this.#directory);
    return this.#opened;
  }

  async *list(_commit: ObjectId, folder: string): AsyncIterable<RepositoryEntry> {
    const prefix = folder === '' ? '' : `${folder}/`;
    for (const [file, entry] of (await this.#store()).entries) if (file.startsWith(prefix)) yield entry;
  }

  async fileAt(_commit: ObjectId, file: string, maxBytes: number): Promise<RepositoryFile | undefined> {
    const entry = (await this.#store()).entries.get(file);
    return entry === undefined ? undefined : { ...entry, bytes: await this.blob(entry.id, maxBytes) };
  }

  async blob(id: ObjectId, maxBytes: number): Promise<Uint8Array> {
    return (await this.#store()).reader.blob(id, maxBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#opened?.catch(() => undefined);
    if (store !== undefined) await close(store);
  }
}

const close = async ({ folder, source }: Pick<Store, 'folder' | 'source'>): Promise<void> => {
  await source[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
};

async function openStore(directory: string): Promise<Store> {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-worktree-'));
  try {
    const entries = await added(directory, folder);
    const source = new GitCatFileSource(folder);
    return { folder, source, entries, reader: new ObjectReader(source, readLimits) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What git needs to take a folder for a bare repository, and all objects of another one. */
async function makeRepository(folder: string, objects: string): Promise<void> {
  await mkdir(path.join(folder, 'objects/info'), { recursive: true });
  await mkdir(path.join(folder, 'refs'));
  await writeFile(path.join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(path.join(folder, 'objects/info/alternates'), `${objects}\n`);
}

/** With its time: a file that was changed in the second in which the index was written, to the same length, shows by that alone. */
async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtime } = await stat(from);
  await copyFile(from, to);
  await utimes(to, atime, mtime);
}

async function added(directory: string, folder: string): Promise<Map<string, RepositoryEntry>> {
  const place = async (name: string) =>
    path.resolve(directory, await git(['rev-parse', '--git-path', name], { directory }));
  const [objects, index] = [await place('objects'), path.join(folder, 'index')];
  await makeRepository(folder, objects);
  await copyIndex(await place('index'), index).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const environment = {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: path.join(folder, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
  };
  const quiet = ['-c', 'core.safecrlf=false', '-c', 'advice.addEmbeddedRepo=false'];
  await git([...quiet, 'add', '--all'], { directory, environment });
  const listed = await git(['ls-files', '-z', '--stage', '--full-name'], { directory, environment });
  const entries = new Map<string, RepositoryEntry>();
  for (const line of listed.split('\0')) {
    const [, mode = '', id = '', file = ''] = /^(\d+) ([0-9a-f]+) \d\t(.+)$/s.exec(line) ?? [];
    if (file === '') continue;
    if (!isPlain(mode))
      throw new TowlineError('TRUST_MALFORMED_OBJECT', `${file} is no regular file`, { position: { file } });
    entries.set(file, { path: file, mode, id });
  }
  return entries;
}

const isPlain = (mode: string): mode is FileMode => mode === '100644' || mode === '100755';
