/** The fleet repository that a verb works on. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from './git.ts';
import { readLimits } from './read-limits.ts';
import { WorkingTreeFiles } from './working-tree.ts';

export interface Repository {
  readonly gitDirectory: string;
  /** Undefined for a bare repository. */
  readonly workTree: string | undefined;
}

/** @throws TowlineError CLI_NOT_A_REPOSITORY, GIT_SHA256 */
export async function openRepository(directory: string): Promise<Repository> {
  const resolved = path.resolve(directory);
  const ask = (...args: string[]) => git(['rev-parse', ...args], { directory: resolved });
  try {
    const gitDirectory = await ask('--absolute-git-dir');
    const [inside, format] = (await ask('--is-inside-work-tree', '--show-object-format')).split('\n');
    if (format === 'sha256')
      throw new TowlineError('GIT_SHA256', `${resolved} names its objects by SHA-256; Towline reads SHA-1`);
    const bare = inside !== 'true';
    return { gitDirectory, workTree: bare ? undefined : await ask('--show-toplevel') };
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
    // A folder that is not there looks to spawn as a program that is not.
    if (cause.details.started === false && existsSync(resolved)) throw cause;
    throw new TowlineError('CLI_NOT_A_REPOSITORY', `${resolved} is in no git repository`, { cause });
  }
}

/** Where git runs that speaks to a remote: a path that does not begin at the root begins there, as for a person. */
export const remotePlace = ({ workTree, gitDirectory }: Repository): string => workTree ?? gitDirectory;

/** @throws TowlineError CLI_NO_SUCH_COMMIT */
export async function resolveCommit(repository: Repository, revision: string): Promise<ObjectId> {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    return await git(args, { directory: repository.gitDirectory });
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
    throw new TowlineError('CLI_NO_SUCH_COMMIT', `"${revision}" is no commit of ${repository.gitDirectory}`, {
      cause,
    });
  }
}

/** Files at a commit, or those of the working tree. */
export interface Snapshot extends AsyncDisposable {
  readonly files: RepositoryFiles;
  readonly commit: ObjectId;
  /** "commit 1a2b3c4d" or "the working tree". */
  readonly name: string;
}

export interface SnapshotOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly worktree?: boolean;
}

/**
 * What a verb's options `--repo`, `--commit`, `--worktree` mean.
 * @throws TowlineError CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT, CLI_NO_WORKING_TREE, CLI_USAGE
 */
export async function openSnapshot({ repo, commit, worktree = false }: SnapshotOptions): Promise<Snapshot> {
  if (worktree && commit !== undefined) {
    throw new TowlineError('CLI_USAGE', '--commit and --worktree exclude each other');
  }
  const repository = await openRepository(repo);
  if (worktree) {
    if (repository.workTree === undefined) {
      throw new TowlineError('CLI_NO_WORKING_TREE', `${repository.gitDirectory} is bare`);
    }
    const files = new WorkingTreeFiles(repository.workTree);
    return {
      files,
      commit: '0'.repeat(40),
      name: 'the working tree',
      [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
    };
  }
  const id = await resolveCommit(repository, commit ?? 'HEAD');
  const source = new GitCatFileSource(repository.gitDirectory);
  return {
    files: new ObjectReader(source, readLimits),
    commit: id,
    name: `commit ${id.slice(0, 12)}`,
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
