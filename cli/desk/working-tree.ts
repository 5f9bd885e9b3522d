/** Files as they lie in a working tree, before anything is committed: those that git would add. */
import { createHash } from 'node:crypto';
import { lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type {
  FileMode,
  RepositoryEntry,
  RepositoryFile,
  RepositoryFiles,
} from '../../core/fleet/repository-files.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from './git.ts';

/** Ids here only stand for paths. */
const idOf = (text: string): ObjectId => createHash('sha1').update(text).digest('hex');

export class WorkingTreeFiles implements RepositoryFiles {
  readonly #directory: string;
  readonly #pathOfId = new Map<ObjectId, string>();
  #entries: Promise<ReadonlyMap<string, RepositoryEntry>> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async #all(): Promise<ReadonlyMap<string, RepositoryEntry>> {
    this.#entries ??= this.#read();
    return this.#entries;
  }

  async #read(): Promise<ReadonlyMap<string, RepositoryEntry>> {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = await git(args, { directory: this.#directory });
    const entries = new Map<string, RepositoryEntry>();
    for (const file of [...new Set(listed.split('\0'))].filter(name => name !== '').sort()) {
      const facts = await lstat(path.join(this.#directory, file)).catch(() => undefined);
      if (facts === undefined) continue;
      if (!facts.isFile()) {
        throw new TowlineError('TRUST_MALFORMED_OBJECT', `${file} is no regular file`, {
          position: { file },
        });
      }
      const mode: FileMode = (facts.mode & 0o100) === 0 ? '100644' : '100755';
      this.#pathOfId.set(idOf(file), file);
      entries.set(file, { path: file, mode, id: idOf(file) });
    }
    return entries;
  }

  async *list(_commit: ObjectId, folder: string): AsyncIterable<RepositoryEntry> {
    const prefix = folder === '' ? '' : `${folder}/`;
    for (const [file, entry] of await this.#all()) if (file.startsWith(prefix)) yield entry;
  }

  async fileAt(_commit: ObjectId, file: string, maxBytes: number): Promise<RepositoryFile | undefined> {
    const entry = (await this.#all()).get(file);
    return entry === undefined ? undefined : { ...entry, bytes: await this.#bytes(file, maxBytes) };
  }

  async blob(id: ObjectId, maxBytes: number): Promise<Uint8Array> {
    await this.#all();
    const file = this.#pathOfId.get(id);
    if (file === undefined) throw new TowlineError('TRUST_OBJECT_MISSING', `no file has the id ${id}`);
    return this.#bytes(file, maxBytes);
  }

  async #bytes(file: string, maxBytes: number): Promise<Uint8Array> {
    const handle = await open(path.join(this.#directory, file));
    try {
      const { size } = await handle.stat();
      if (size > maxBytes)
        throw new TowlineError('TRUST_LIMIT', `${file} has ${size} bytes (limit ${maxBytes})`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }
}
