/** One question to git, whatever devices name. */
import { isTowlineError } from '../../core/errors.ts';
import { Lineage } from '../../core/status/lineage.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';

/** Beyond it, what is older is not told apart. */
const maxListed = 200_000;

/** @param named those that are not in this clone are not known of. @throws the signal's reason */
export async function readLineage(
  directory: string,
  target: ObjectId,
  named: readonly ObjectId[],
  signal: AbortSignal,
): Promise<Lineage> {
  const commits = [...new Set([target, ...named])];
  const form = ['--ignore-missing', '--topo-order', '--timestamp', '--parents', `--max-count=${maxListed}`];
  const args = ['--no-replace-objects', 'rev-list', ...form, '--end-of-options', ...commits, '--'];
  try {
    return new Lineage(target, named, await git(args, { directory, signal }));
  } catch (error) {
    if (!isTowlineError(error, 'CLI_GIT')) throw error;
    return new Lineage(target, named, '');
  }
}
