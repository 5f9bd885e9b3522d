/** Whether devices will take what the person signs from now on, tried on the first commit. */
import { TowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { checkSignature } from '../../core/trust/signature/signature.ts';
import { openAnchor } from '../../core/trust/walk.ts';

/**
 * gpg may sign with another subkey than the one that was looked at, or with a weak hash that its settings name.
 * @throws TowlineError CLI_SIGNING_KEY, and what an anchor is refused for
 */
export async function assertFirstSignature(directory: string, commit: ObjectId): Promise<void> {
  await using source = new GitCatFileSource(directory);
  const reader = new ObjectReader(source);
  await openAnchor(reader, commit);
  const { keys } = await loadPolicy(reader, commit, new Map());
  const { signature } = await reader.commit(commit);
  if (signature === undefined) throw refused('git did not sign');
  const evidence = checkSignature(signature.armored, signature.payload, keys, 'git');
  if (!evidence.sound) throw refused(evidence.message);
}

function refused(why: string): TowlineError {
  return new TowlineError('CLI_SIGNING_KEY', `no device would take what this key signs: ${why}`);
}
