/** Files with some of them changed: what is proposed can be read, and checked, before anything of it is written. */
import { TowlineError } from '../errors.ts';
import { maxYamlBytes } from '../fleet/limits.ts';
import { loadFleet } from '../fleet/load.ts';
import type { RepositoryEntry, RepositoryFile, RepositoryFiles } from '../fleet/repository-files.ts';
import { objectId } from '../trust/git/object-hash.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { TrustedState } from '../trust/line/trusted-state.ts';
import type { FleetLoads, LoadedFleet } from './fleet-loads.ts';
import { bytesOf, modeOf, type NewContent } from './new-content.ts';

/** Path → the file as it is to be, of mode 0644 where nothing says otherwise; null: it goes. */
export type Changes = ReadonlyMap<string, NewContent | null>;

/** Files of main, or of a working tree. */
export interface FilesAt {
  readonly files: RepositoryFiles;
  readonly commit: ObjectId;
  /** Of main: what this person's own walk trusts. */
  readonly trusted?: TrustedState;
  /** Loads that are shared by all who look at these files. */
  readonly loads?: FleetLoads;
}

/** @throws TowlineError FLEET_FILE_MISSING where there is none */
export async function textAt({ files, commit }: FilesAt, path: string): Promise<string> {
  const found = await files.fileAt(commit, path, maxYamlBytes);
  if (found !== undefined) return Buffer.from(found.bytes).toString('utf8');
  throw new TowlineError('FLEET_FILE_MISSING', `there is no ${path}`, { position: { file: path } });
}

/** The same commit, with the changes. */
export const withChanges = ({ files, commit, loads }: FilesAt, changes: Changes): FilesAt => ({
  files: new ChangedFiles(files, changes),
  commit,
  ...(loads === undefined ? {} : { loads }),
});

/** The whole fleet of these files, and what is wrong with it. @throws as `loadFleet` */
export const loadAt = ({ files, commit, loads }: FilesAt): Promise<LoadedFleet> =>
  loads?.of(files, commit) ?? loadFleet(files, commit);

class ChangedFiles implements RepositoryFiles {
  readonly #base: RepositoryFiles;
  /** null: it is gone. */
  readonly #changed = new Map<string, RepositoryFile | null>();
  readonly #blobs = new Map<ObjectId, Uint8Array>();

  constructor(base: RepositoryFiles, changes: Changes) {
    this.#base = base;
    for (const [path, content] of changes) {
      if (content === null) {
        this.#changed.set(path, null);
        continue;
      }
      const bytes = bytesOf(content);
      const id = objectId({ type: 'blob', bytes });
      this.#changed.set(path, { mode: modeOf(content) ?? '100644', bytes, id });
      this.#blobs.set(id, bytes);
    }
  }

  async *list(commit: ObjectId, folder: string): AsyncIterable<RepositoryEntry> {
    for await (const entry of this.#base.list(commit, folder))
      if (!this.#changed.has(entry.path)) yield entry;
    const prefix = folder === '' ? '' : `${folder}/`;
    for (const [path, file] of this.#changed)
      if (file !== null && path.startsWith(prefix)) yield { path, mode: file.mode, id: file.id };
  }

  async fileAt(commit: ObjectId, path: string, maxBytes: number): Promise<RepositoryFile | undefined> {
    const file = this.#changed.get(path);
    if (file === undefined) return await this.#base.fileAt(commit, path, maxBytes);
    return file === null ? undefined : { ...file, bytes: within(file.bytes, path, maxBytes) };
  }

  async blob(id: ObjectId, maxBytes: number): Promise<Uint8Array> {
    const bytes = this.#blobs.get(id);
    return bytes === undefined ? await this.#base.blob(id, maxBytes) : within(bytes, id, maxBytes);
  }
}

/** As a reader of git's objects refuses it. */
function within(bytes: Uint8Array, what: string, maxBytes: number): Uint8Array {
  if (bytes.length <= maxBytes) return bytes;
  throw new TowlineError('TRUST_LIMIT', `${what} of ${bytes.length} bytes (limit ${maxBytes})`);
}
