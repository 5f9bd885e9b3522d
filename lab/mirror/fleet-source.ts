/** A fleet's repository as a mirror reads it: git objects at one commit, hashed and read strictly. Nothing in it runs: no hook, no filter, no attribute. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';

/** Files at a commit. */
export interface FilesAtCommit {
  readonly files: RepositoryFiles;
  readonly commit: ObjectId;
}

/** A fleet that was read, and where it was read from. */
export interface FleetAtCommit extends FilesAtCommit {
  readonly fleet: Fleet;
}

const execute = promisify(execFile);
const gitTimeoutMs = 60_000;

export class FleetSource implements AsyncDisposable {
  readonly repository: string;
  readonly #source: GitCatFileSource;
  readonly #files: ObjectReader;

  /** @param repository a clone, a bare repository, or the `.git` of one */
  constructor(repository: string) {
    this.repository = repository;
    this.#source = new GitCatFileSource(repository);
    this.#files = new ObjectReader(this.#source);
  }

  /**
   * The files of a revision as git names it: a branch, a tag, an id.
   * @throws TowlineError CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT
   */
  async at(revision: string, signal: AbortSignal): Promise<FilesAtCommit> {
    // What is missing in a partial clone is not fetched, by no command that the clone names.
    const env = { ...process.env, GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' };
    const git = (...args: string[]) =>
      execute('git', ['-C', this.repository, ...args], { timeout: gitTimeoutMs, signal, env });
    await git('rev-parse', '--git-dir').catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new TowlineError('CLI_NOT_A_REPOSITORY', `git finds no repository in ${this.repository}`, {
        cause,
      });
    });
    const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    const found = await git(...asked).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new TowlineError('CLI_NO_SUCH_COMMIT', `"${revision}" names no commit of ${this.repository}`, {
        cause,
      });
    });
    const commit = found.stdout.trim();
    if (!isObjectId(commit))
      throw new TowlineError('CLI_NO_SUCH_COMMIT', `git names "${revision}" by another hash than SHA-1`);
    return { files: this.#files, commit };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
