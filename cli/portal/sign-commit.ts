/** The person's own signature under a commit that a page has shown: by ssh-agent or gpg, through their own git. */

import type { UnsignedCommit } from '../../core/change/commit-of.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { buildPack } from '../../core/io/git/object-write.ts';
import { parseCommit } from '../../core/trust/git/commit-object.ts';
import { git, gitBytes } from '../desk/git.ts';
import { signingArguments } from '../desk/signing-arguments.ts';

export interface SigningQuestion {
  readonly directory: string;
  readonly commit: UnsignedCommit;
  /** As git takes it; undefined: the person's own configuration decides. */
  readonly key: string | undefined;
}

/**
 * git makes the commit, as it makes every other one of this person's; what it signed is compared with what was shown.
 * @returns the armored signature
 * @throws TowlineError CLI_SIGNING where nothing was signed, or another thing than was shown; the signal's reason
 */
export async function signCommit(
  { directory, commit, key }: SigningQuestion,
  signal: AbortSignal,
): Promise<string> {
  const { payload, base, tree, id, objects } = commit;
  const { author, committer, message } = parseCommit(payload, id);
  const { settings, sign } = signingArguments(key);
  await writeObjects(directory, objects, signal);
  let made: string;
  try {
    made = await git([...settings, 'commit-tree', sign, '-p', base, tree], {
      ...{ directory, input: message, interactive: true, signal },
      environment: {
        ...{ GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email },
        ...{ GIT_COMMITTER_NAME: committer.name, GIT_COMMITTER_EMAIL: committer.email },
        GIT_AUTHOR_DATE: `${author.timeSec} ${author.zone}`,
        GIT_COMMITTER_DATE: `${committer.timeSec} ${committer.zone}`,
      },
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TowlineError('CLI_SIGNING', messageOf(cause), { cause });
  }
  const { signature } = parseCommit(
    await gitBytes(['cat-file', 'commit', made], { directory, signal }),
    made,
  );
  if (signature === undefined) throw new TowlineError('CLI_SIGNING', 'git made a commit without a signature');
  // A hook, a setting or an encoding of this git may write something else.
  if (!payload.equals(signature.payload))
    throw new TowlineError('CLI_SIGNING', 'git made another commit than the one that was shown');
  return signature.armored;
}

/** @throws TowlineError CLI_GIT; the signal's reason */
export async function writeObjects(
  directory: string,
  objects: UnsignedCommit['objects'],
  signal: AbortSignal,
): Promise<void> {
  if (objects.length === 0) return;
  await git(['unpack-objects', '-q', '--strict'], { directory, input: buildPack(objects), signal });
}
