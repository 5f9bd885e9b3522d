/** Commits of main's own line. */
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';

export interface LineQuestion {
  readonly gitDirectory: string;
  readonly head: ObjectId;
  /** Commits behind this one alone. */
  readonly since?: ObjectId;
  /** Of those that touched one of them; with git's magic, such as `:(glob)`. None: all. */
  readonly paths?: readonly string[];
  readonly limit: number;
}

/** The newest first. @throws TowlineError CLI_GIT */
export async function lineCommits(question: LineQuestion, signal: AbortSignal): Promise<ObjectId[]> {
  const { gitDirectory, head, since, paths = [], limit } = question;
  const range = since === undefined ? head : `${since}..${head}`;
  const form = ['--first-parent', '--format=%H', `--max-count=${limit}`];
  const listed = await git(['log', ...form, '--end-of-options', range, '--', ...paths], {
    directory: gitDirectory,
    signal,
  });
  return listed.split('\n').filter(line => line !== '');
}
