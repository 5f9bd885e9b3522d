/** What Compose files name of a folder: nothing else of it is read, for beside them lie data, copies, and what only root may see. */
import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from '../../core/io/file/durable-file.ts';
import { type AppFile, assertRoom, filesBelow, folderAt, readOne } from './app-folder.ts';

export class NamedFiles {
  readonly #folder: string;
  readonly #root: string;
  readonly #found = new Map<string, AppFile>();
  readonly #missing = new Set<string>();

  private constructor(folder: string, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /** @throws TowlineError CLI_USAGE */
  static async open(folder: string): Promise<NamedFiles> {
    return new NamedFiles(folder, await folderAt(folder));
  }

  get found(): ReadonlyMap<string, AppFile> {
    return this.#found;
  }

  /** @returns undefined for what is not there, and for what is neither */
  async kindOf(name: string): Promise<'file' | 'folder' | undefined> {
    try {
      const found = await stat(path.join(this.#root, name));
      return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Whether there is nothing of that name, or a folder without a file. */
  async isEmpty(name: string): Promise<boolean> {
    const kind = await this.kindOf(name);
    if (kind !== 'folder') return kind === undefined && !(await this.#isThere(name));
    for await (const file of filesBelow(this.#root, name, 1)) return file === '';
    return true;
  }

  /**
   * A file, or all of a folder; nothing where there is none.
   * @throws TowlineError CLI_USAGE, FLEET_PROJECT_TOO_LARGE
   */
  async take(name: string): Promise<void> {
    if (this.#found.has(name)) return;
    const kind = await this.kindOf(name);
    if (kind === 'folder') for await (const file of filesBelow(this.#root, name, 1)) await this.#read(file);
    else if (kind === 'file' || (await this.#isThere(name))) await this.#read(name);
    else this.#missing.add(name);
  }

  /** Tries with what is there, and anew once what it has asked for is, too. */
  async resolve<Result>(
    attempt: (files: (name: string) => Uint8Array | undefined) => Result,
  ): Promise<Result> {
    for (;;) {
      const asked = new Set<string>();
      const files = (name: string) => {
        if (!this.#found.has(name) && !this.#missing.has(name)) asked.add(name);
        return this.#found.get(name)?.bytes;
      };
      const result = attempt(files);
      if (asked.size === 0) return result;
      for (const name of asked)
        if ((await this.kindOf(name)) === 'folder') this.#missing.add(name);
        else await this.take(name);
    }
  }

  /** Names at the top of the folder of which nothing was taken, sorted. */
  async left(): Promise<string[]> {
    const taken = new Set([...this.#found.keys()].map(name => name.split('/')[0]));
    return (await readdir(this.#root)).filter(name => name !== '.git' && !taken.has(name)).sort();
  }

  async #isThere(name: string): Promise<boolean> {
    return lstat(path.join(this.#root, name)).then(
      () => true,
      () => false,
    );
  }

  async #read(name: string): Promise<void> {
    if (this.#found.has(name)) return;
    this.#found.set(name, await readOne(this.#root, name));
    assertRoom(this.#folder, this.#found);
  }
}
