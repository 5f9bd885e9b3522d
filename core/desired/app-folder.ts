/**
 * The files of one app, read only as far as its project asks for them. A Compose file is read by a synchronous
 * function; files that it asks for are fetched, and it is asked again, until it asks for nothing new.
 */
import type { Problem } from '../errors.ts';
import { maxProjectBytes, maxProjectFileBytes, maxProjectFiles } from '../fleet/limits.ts';
import { tooLargeProblem } from '../fleet/load.ts';
import { appFolder } from '../fleet/paths.ts';
import type { RepositoryEntry, RepositoryFile, RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

/** How often a file may lead to another one (include, extends, env_file). */
const maxRounds = 64;

/** Without a release: what people edit. */
export interface AppOrRelease {
  readonly app: string;
  readonly release?: string | undefined;
}

export class AppFolder {
  readonly problems: Problem[] = [];
  readonly #reader: RepositoryFiles;
  readonly #commit: ObjectId;
  /** From the root of the repository. */
  readonly path: string;
  readonly #read = new Map<string, RepositoryFile | undefined>();
  #listing: readonly RepositoryEntry[] | undefined;
  #bytes = 0;

  constructor(reader: RepositoryFiles, commit: ObjectId, { app, release }: AppOrRelease) {
    this.#reader = reader;
    this.#commit = commit;
    this.path = appFolder(app, release);
  }

  /** @param path relative to the app's folder */
  async read(path: string): Promise<RepositoryFile | undefined> {
    if (this.#read.has(path)) return this.#read.get(path);
    const file = await this.#fetch(`${this.path}/${path}`);
    this.#read.set(path, file);
    return file;
  }

  async #fetch(path: string): Promise<RepositoryFile | undefined> {
    try {
      const file = await this.#reader.fileAt(this.#commit, path, maxProjectFileBytes);
      this.#bytes += file?.bytes.length ?? 0;
      if (this.#bytes <= maxProjectBytes && this.#read.size < maxProjectFiles) return file;
      const message = 'the files of this app are too many or too large together';
      if (!this.problems.some(({ code }) => code === 'FLEET_PROJECT_TOO_LARGE')) {
        this.problems.push({ code: 'FLEET_PROJECT_TOO_LARGE', message, position: { file: path } });
      }
    } catch (error) {
      const problem = tooLargeProblem(error, path);
      if (problem === undefined) throw error;
      this.problems.push(problem);
    }
    return undefined;
  }

  /** Paths of all files below a folder of the app (`''`: all of them), relative to the app's folder. */
  async below(folder: string): Promise<string[]> {
    if (this.#listing === undefined) {
      const entries: RepositoryEntry[] = [];
      for await (const entry of this.#reader.list(this.#commit, this.path)) entries.push(entry);
      this.#listing = entries;
    }
    const prefix = folder === '' ? `${this.path}/` : `${this.path}/${folder}/`;
    return this.#listing
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ path }) => path.slice(this.path.length + 1))
      .sort();
  }

  /** Runs `work` with a synchronous view of the folder until it has seen every file that it asked for. */
  async resolve<Result>(work: (files: (path: string) => Uint8Array | undefined) => Result): Promise<Result> {
    for (let round = 0; ; round += 1) {
      const wanted = new Set<string>();
      const result = work(path => {
        if (!isInside(path)) return undefined;
        if (!this.#read.has(path)) wanted.add(path);
        return this.#read.get(path)?.bytes;
      });
      if (wanted.size === 0 || round === maxRounds || this.problems.length > 0) return result;
      for (const path of wanted) await this.read(path);
    }
  }
}

/** Whether a path stays in the folder that it is relative to. */
export const isInside = (path: string): boolean =>
  path !== '' &&
  !path.startsWith('/') &&
  !path.split('/').some(part => part === '..' || part === '.' || part === '');
