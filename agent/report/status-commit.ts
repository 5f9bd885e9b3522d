/**
 * One commit of the telemetry branch, made in memory and signed by the device: a report needs no working tree, no index and
 * no store on the device's disk.
 */
import { makeSignedCommit } from '../../core/io/git/commit-write.ts';
import { type MadeObject, makeTrees, type TreeFiles } from '../../core/io/git/object-write.ts';
import type { SshKey } from '../../core/io/openssh-key.ts';
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
export function makeStatusCommit({ files, device, fleet, ...options }: StatusCommitOptions): StatusCommit {
  const { root, objects } = makeTrees(files);
  const commit = makeSignedCommit({ ...options, tree: root, person: `${device} <${device}@${fleet}>` });
  return { id: commit.id, objects: [...objects, commit] };
}
