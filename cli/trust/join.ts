/** Whether devices that trust another line's commit come over to a mend that names it, as far as this clone can tell. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { isObjectId } from '../../core/trust/git/object-source.ts';
import { walk } from '../../core/trust/walk.ts';
import type { Terminal } from '../command/terminal.ts';
import { type Repository, resolveCommit } from '../desk/repository.ts';
import { type TrustWalk, type WalkOptions, walkRepository } from './walk.ts';

/** `unknown`: this clone does not have the commit, or its own walk does not get there. */
export interface Join {
  readonly commit: ObjectId;
  readonly comes: 'yes' | 'no' | 'unknown';
}

/** Full ids, as devices name them in their status; here they need not be known. @throws TowlineError CLI_NO_SUCH_COMMIT, CLI_USAGE */
export async function namedCommits(repository: Repository, names: readonly string[]): Promise<ObjectId[]> {
  const found: ObjectId[] = [];
  for (const name of names) found.push(isObjectId(name) ? name : await resolveCommit(repository, name));
  if (found.length > 16) throw new TowlineError('CLI_USAGE', 'at most 16 commits can be named in one mend');
  return found;
}

export async function tryJoin(
  mended: TrustWalk,
  commit: ObjectId,
  options: WalkOptions,
  signal: AbortSignal,
): Promise<Join> {
  const own = await resolveCommit(mended.repository, commit).catch(() => undefined);
  if (own === undefined) return { commit, comes: 'unknown' };
  await using theirs = await walkRepository({ ...options, head: own }, signal);
  if (theirs.stopped !== undefined) return { commit, comes: 'unknown' };
  let { trusted } = theirs;
  for (;;) {
    const result = await walk({ reader: theirs.reader(), trusted, head: mended.head, signal });
    trusted = result.trusted;
    if (result.more !== true || result.accepted.length === 0) break;
  }
  return { commit, comes: trusted.commit === mended.head ? 'yes' : 'no' };
}

const words: Readonly<Record<Join['comes'], string>> = {
  yes: 'come over with it',
  no: 'do not come over: you may not change all that is different there; re-anchor them',
  unknown: 'cannot be tried here, where it is not known: look at their status once it is pushed',
};

export function showJoins(terminal: Terminal, joins: readonly Join[]): void {
  for (const { commit, comes } of joins) terminal.line(`devices that trust ${commit} ${words[comes]}`);
}
