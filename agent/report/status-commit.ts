/**
 * One commit of the telemetry branch, made in memory and signed by the device: a report needs no working tree, no index and
 * no store on the device's disk.
 */
import { type MadeObject, makeObject, makeTrees, type TreeFiles } from '../../core/io/git/object-write.ts';
import type { SshKey } from '../../core/io/openssh-key.ts';
import { sshSignature } from '../../core/io/ssh/ssh-sign.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface StatusCommit {
  readonly id: ObjectId;
  readonly objects: readonly MadeObject[];
}

export interface StatusCommitOptions {
  readonly parent: ObjectId | undefined;
  readonly files: TreeFiles;
  readonly message: string;
  readonly device: string;
  readonly fleet: string;
  readonly timeMs: number;
  readonly key: SshKey;
}

/** `git verify-commit` accepts it where the allowed signers name the device's SSH key. */
export function makeStatusCommit(options: StatusCommitOptions): StatusCommit {
  const { root, objects } = makeTrees(options.files);
  const person = `${options.device} <${options.device}@${options.fleet}> ${Math.floor(options.timeMs / 1000)} +0000`;
  const headers = [
    `tree ${root}`,
    ...(options.parent === undefined ? [] : [`parent ${options.parent}`]),
    `author ${person}`,
    `committer ${person}`,
  ].join('\n');
  const message = `${options.message.trimEnd()}\n`;
  const unsigned = Buffer.from(`${headers}\n\n${message}`);
  // git folds a header's further lines by a space (gitformat-signature(5)).
  const folded = sshSignature(options.key, 'git', unsigned).replaceAll('\n', '\n ');
  const commit = makeObject('commit', Buffer.from(`${headers}\ngpgsig ${folded}\n\n${message}`));
  return { id: commit.id, objects: [...objects, commit] };
}
