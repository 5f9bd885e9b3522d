/** The commit behind which a bundle begins: on the way to its head, and one that the devices trust already. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { git } from '../desk/git.ts';
import { resolveCommit } from '../desk/repository.ts';
import type { TrustWalk } from '../trust/walk.ts';

interface Question {
  readonly walk: TrustWalk;
  readonly since?: string;
  readonly reported: ReadonlyMap<string, StatusFile>;
}

export interface Since {
  readonly id: ObjectId | undefined;
  readonly notes: readonly string[];
}

/** Whether one commit is the other, or before it. What is not here is not. */
export async function isBefore(directory: string, earlier: ObjectId, later: ObjectId): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', earlier, later];
  return git(args, { directory }).then(
    () => true,
    () => false,
  );
}

/** @throws TowlineError CLI_NO_SUCH_COMMIT, CLI_USAGE */
export async function readSince({ walk, since, reported }: Question): Promise<Since> {
  if (since === undefined) return { id: undefined, notes: [] };
  const id = await resolveCommit(walk.repository, since);
  const { gitDirectory } = walk.repository;
  if (!(await isBefore(gitDirectory, id, walk.trusted.commit)))
    throw new TowlineError('CLI_USAGE', `--since ${since} is not on the way to ${walk.trusted.commit}`);
  const notes: string[] = [];
  for (const [device, { trusted }] of reported) {
    if (await isBefore(gitDirectory, id, trusted.commit)) continue;
    notes.push(
      `${device} trusted ${trusted.commit.slice(0, 12)} when it last said so: it cannot use this file`,
    );
  }
  return { id, notes };
}
