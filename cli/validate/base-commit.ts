/** What a commit, or the working tree, is compared with. */
import { isTowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { git } from '../desk/git.ts';
import type { Snapshot } from '../desk/repository.ts';

/** Changes of a path that are looked at for one that is taken back, or raises it. */
const maxChanges = '100';

export interface Question {
  readonly gitDirectory: string;
  readonly snapshot: Snapshot;
  /** Undefined: the working tree. */
  readonly head: string | undefined;
  /** Main as whoever asks knows it; undefined: as this clone does. */
  readonly main?: string | undefined;
  readonly fleet: Fleet;
}

/**
 * What is compared with: where main and this part, else the commit before. What several commits of a branch do together
 * is one step when they are merged.
 */
export async function baseOf({ gitDirectory, head, main: known }: Question): Promise<string | undefined> {
  const mains = known === undefined ? ['refs/remotes/origin/main', 'refs/heads/main'] : [known];
  for (const main of mains) {
    const parted = await ask(gitDirectory, 'merge-base', head ?? 'HEAD', main);
    if (parted !== '' && parted !== head) return parted;
  }
  const before = head === undefined ? 'HEAD^{commit}' : `${head}~1`;
  return (await ask(gitDirectory, 'rev-parse', '--verify', '--quiet', before)) || undefined;
}

/** @returns '' where git has no answer */
export async function ask(gitDirectory: string, ...args: string[]): Promise<string> {
  return await git(args, { directory: gitDirectory }).catch((error: unknown) => {
    if (!isTowlineError(error, 'CLI_GIT')) throw error;
    return '';
  });
}

/** The newest commits that change a path. */
export async function changesOf(
  gitDirectory: string,
  path: string,
  range: readonly string[],
): Promise<readonly string[]> {
  const listed = await ask(gitDirectory, 'log', '--format=%H', '-n', maxChanges, ...range, '--', path);
  return listed.split('\n').filter(Boolean);
}
