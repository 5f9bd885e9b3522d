/** A commit made in memory and signed by an SSH key: it needs no working tree, no index and no program. */
import type { ObjectId } from '../../trust/git/object-source.ts';
import type { SshKey } from '../openssh-key.ts';
import { sshSignature } from '../ssh/ssh-sign.ts';
import { type MadeObject, makeObject } from './object-write.ts';

export interface SignedCommitOptions {
  readonly tree: ObjectId;
  /** Undefined: it is the first. */
  readonly parent: ObjectId | undefined;
  /** `pump-17 <pump-17@acme>` */
  readonly person: string;
  readonly timeMs: number;
  readonly message: string;
  readonly key: SshKey;
}

/** `git verify-commit` accepts it where the allowed signers name the key. */
export function makeSignedCommit({ tree, parent, key, ...options }: SignedCommitOptions): MadeObject {
  const person = `${options.person} ${Math.floor(options.timeMs / 1000)} +0000`;
  const headers = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${person}`,
    `committer ${person}`,
  ].join('\n');
  const message = `${options.message.trimEnd()}\n`;
  const unsigned = Buffer.from(`${headers}\n\n${message}`);
  // git folds a header's further lines by a space (gitformat-signature(5)).
  const folded = sshSignature(key, 'git', unsigned).replaceAll('\n', '\n ');
  return makeObject('commit', Buffer.from(`${headers}\ngpgsig ${folded}\n\n${message}`));
}
