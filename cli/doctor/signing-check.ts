/** Whether this person can sign, by a key that the policy knows: a commit is signed that nobody keeps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Check, Finding } from '../../core/io/doctor/finding.ts';
import { parseCommit } from '../../core/trust/git/commit-object.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Policy } from '../../core/trust/policy/policy.ts';
import { checkCommitSignature } from '../../core/trust/step/commit-signature.ts';
import { git, gitBytes } from '../desk/git.ts';

const id = 'signing';
const timeoutMs = 15_000;

/** @param head a commit of the clone */
export const signingCheck = (gitDirectory: string, head: ObjectId, policy: Policy): Check => ({
  id,
  look: async signal => {
    const objects = await mkdtemp(path.join(tmpdir(), 'towline-doctor-'));
    try {
      return [await sign({ gitDirectory, head, policy, objects }, signal)];
    } finally {
      await rm(objects, { recursive: true, force: true });
    }
  },
});

interface Signing {
  readonly gitDirectory: string;
  readonly head: ObjectId;
  readonly policy: Policy;
  /** Where the commit goes, and goes away with. */
  readonly objects: string;
}

async function sign({ gitDirectory, head, policy, objects }: Signing, signal: AbortSignal): Promise<Finding> {
  const environment = {
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: path.join(gitDirectory, 'objects'),
  };
  const how = { directory: gitDirectory, environment, timeoutMs, signal };
  let commit: Buffer;
  let made: string;
  try {
    made = await git(['commit-tree', '-S', '-m', 'towline doctor', `${head}^{tree}`], how);
    commit = await gitBytes(['cat-file', 'commit', made], how);
  } catch (error) {
    signal.throwIfAborted();
    const message = `git signs nothing here: ${error instanceof Error ? error.message : String(error)}`;
    return {
      id,
      level: 'fail',
      message,
      remedy:
        'git config user.signingkey, gpg.format and commit.gpgsign say by which key; ssh-add or gpg-agent opens it.',
    };
  }
  const { signature } = parseCommit(commit, made);
  const evidence = signature === undefined ? undefined : checkCommitSignature(signature, policy);
  if (evidence?.sound === true) {
    const roles = [...policy.roles].filter(([, { principals }]) => principals.has(evidence.by.principal));
    const names = roles.map(([name]) => name).join(', ') || 'no role';
    return { id, level: 'ok', message: `git signs as ${evidence.by.principal} of the policy (${names})` };
  }
  const message = `git signs by a key that trust/policy.yaml does not name: ${evidence?.message ?? 'nothing is signed'}`;
  return {
    id,
    level: 'fail',
    message,
    remedy: 'Sign by the key that is named there, or have root name yours.',
  };
}
