/** The commits that a review is between: the branch is judged as any merge button would bring it onto the base. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';
import { openRepository, type Repository, resolveCommit } from '../desk/repository.ts';

export interface Compared {
  readonly repository: Repository;
  readonly base: ObjectId;
  readonly head: ObjectId;
  /** The head, where it stands on the base already; else a commit of ours that nobody has signed. */
  readonly merged: ObjectId;
  /** Whether the head descends from the base. */
  readonly isForward: boolean;
  /** Commits that the branch has beyond the base. */
  readonly commits: number;
}

export interface ComparedOptions {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
}

/** git's own merge: no driver, no hook and no filter of the branch has a part in it. */
const author = { NAME: 'towline review', EMAIL: 'review@localhost' };

/**
 * @throws TowlineError CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT; CLI_USAGE where the branch cannot be merged
 */
export async function compare(
  { repo, base: from, head: to }: ComparedOptions,
  signal: AbortSignal,
): Promise<Compared> {
  const repository = await openRepository(repo);
  const base = await resolveCommit(repository, from);
  const head = await resolveCommit(repository, to);
  const place = { directory: repository.gitDirectory, signal };
  const commits = Number(await git(['rev-list', '--count', `${base}..${head}`], place));
  const common = await git(['merge-base', base, head], place).catch(notCommon);
  if (common === base) return { repository, base, head, merged: head, isForward: true, commits };
  const merged = await mergeOf(repository, { base, head }, signal);
  return { repository, base, head, merged, isForward: false, commits };
}

function notCommon(cause: unknown): never {
  if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
  throw new TowlineError(
    'CLI_USAGE',
    'the branch and the base have no commit in common: fetch more of them',
    {
      cause,
    },
  );
}

/** The same for the same two commits: its time is that of the head. */
async function mergeOf(
  { gitDirectory: directory }: Repository,
  { base, head }: { readonly base: ObjectId; readonly head: ObjectId },
  signal: AbortSignal,
): Promise<ObjectId> {
  const args = ['merge-tree', '--write-tree', '--no-messages', base, head];
  const tree = await git(args, { directory, signal }).catch((cause: unknown) => {
    if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
    throw new TowlineError('CLI_USAGE', 'the branch conflicts with the base: merge or rebase it first', {
      cause,
    });
  });
  const date = `@${await git(['show', '--no-patch', '--format=%ct', head], { directory, signal })} +0000`;
  const environment = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap(who => [
      [`GIT_${who}_NAME`, author.NAME],
      [`GIT_${who}_EMAIL`, author.EMAIL],
      [`GIT_${who}_DATE`, date],
    ]),
  );
  const commit = ['commit-tree', '--no-gpg-sign', '-p', base, '-p', head, '-m', 'merged', tree];
  return await git(commit, { directory, environment, signal });
}
