/**
 * Files of a repository that many devices ask for: each is read once, and it is noted whether what was read since then could
 * tell one device from another.
 */
import type { RepositoryEntry, RepositoryFile, RepositoryFiles } from '../../core/fleet/repository-files.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

/**
 * The one variable that differs between devices of which all files say the same (core/desired/environment.ts), or what could
 * be that in YAML: letters as numbers, and a text that goes on in the next line. What it costs to be wrong is a plan more.
 */
const ownName = /TOWLINE_DEVICE|\\[xuU\r\n]/;
const maxKeptBytes = 64 * 1024 * 1024;

export class NotingFiles implements RepositoryFiles {
  readonly #files: RepositoryFiles;
  readonly #kept = new Map<string, Promise<RepositoryFile | undefined>>();
  #keptBytes = 0;
  #named = false;

  constructor(files: RepositoryFiles) {
    this.#files = files;
  }

  /** Whether a file named the device since it was asked last. */
  takeNamed(): boolean {
    const named = this.#named;
    this.#named = false;
    return named;
  }

  list(commit: ObjectId, folder: string): AsyncIterable<RepositoryEntry> {
    return this.#files.list(commit, folder);
  }

  async fileAt(commit: ObjectId, path: string, maxBytes: number): Promise<RepositoryFile | undefined> {
    const key = `${commit} ${maxBytes} ${path}`;
    const kept = this.#kept.get(key);
    const file = await (kept ?? this.#files.fileAt(commit, path, maxBytes));
    if (file !== undefined) this.#note(file.bytes);
    if (kept === undefined && this.#keptBytes < maxKeptBytes) {
      this.#kept.set(key, Promise.resolve(file));
      this.#keptBytes += file?.bytes.length ?? 0;
    }
    return file;
  }

  async blob(id: ObjectId, maxBytes: number): Promise<Uint8Array> {
    const bytes = await this.#files.blob(id, maxBytes);
    this.#note(bytes);
    return bytes;
  }

  #note(bytes: Uint8Array): void {
    this.#named ||= ownName.test(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
    );
  }
}
