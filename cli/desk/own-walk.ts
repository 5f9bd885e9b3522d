/** The person's own walk: what they themselves trust of the repository they work in. Anchors are minted from nothing else. */
import { TowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { HolderIndex } from '../../core/trust/holders/holder-index.ts';
import { openAnchor, type TrustedState, walk } from '../../core/trust/walk.ts';
import { fleetAnchor } from './agent-file.ts';
import { openRepository, resolveCommit } from './repository.ts';

/**
 * Walks from this clone's anchor to `HEAD`.
 * @throws TRUST_… when the walk stops before it: then nothing may be built upon this head.
 */
export async function walkToHead(directory: string, signal: AbortSignal): Promise<TrustedState> {
  const repository = await openRepository(directory);
  const head = await resolveCommit(repository, 'HEAD');
  const anchor = await fleetAnchor(directory);
  await using source = new GitCatFileSource(repository.gitDirectory);
  let trusted = await openAnchor(new ObjectReader(source), anchor);
  const holders = new HolderIndex();
  for (;;) {
    const result = await walk({ reader: new ObjectReader(source), trusted, head, signal, holders });
    if (result.stopped !== undefined) {
      const { code, commit, message } = result.stopped;
      throw new TowlineError(code, `your own walk stops before HEAD, at ${commit}: ${message}`);
    }
    trusted = result.trusted;
    if (result.more !== true) return trusted;
  }
}
