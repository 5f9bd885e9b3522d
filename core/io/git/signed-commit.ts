/** A commit made in memory and signed with an SSH key that the program holds: it needs no working tree, no index and no agent. */
import type { ObjectId } from '../../trust/git/object-source.ts';
import type { SshKey } from '../openssh-key.ts';
import { sshSignature } from '../ssh/ssh-sign.ts';
import { type MadeObject, makeObject } from './object-write.ts';

export interface SignedCommit {
  readonly tree: ObjectId;
  readonly parent: ObjectId | undefined;
  /** `pump-17 <pump-17@acme>`: who is author and committer. */
  readonly person: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly message: string;
  readonly key: SshKey;
}

/** `git verify-commit` accepts it where the allowed signers name the key. */
export function makeSignedCommit({ tree, parent, person, timeMs, message, key }: SignedCommit): MadeObject {
  const signer = `${person} ${Math.floor(timeMs / 1000)} +0000`;
  const headers = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${signer}`,
    `committer ${signer}`,
  ].join('\n');
  const text = `${message.trimEnd()}\n`;
  const unsigned = Buffer.from(`${headers}\n\n${text}`);
  // git folds a header's further lines by a space (gitformat-signature(5)).
  const folded = sshSignature(key, 'git', unsigned).replaceAll('\n', '\n ');
  return makeObject('commit', Buffer.from(`${headers}\ngpgsig ${folded}\n\n${text}`));
}
