/** The approval of what a branch changes, as a file of that branch. */
import { randomBytes } from 'node:crypto';
import { TowlineError } from '../../core/errors.ts';
import { type ChangedPath, changeBetween, noMode } from '../../core/trust/git/change.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Policy } from '../../core/trust/policy/policy.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { checkSignature } from '../../core/trust/signature/signature.ts';
import { contentHash } from '../../core/trust/step/approval.ts';
import {
  type ApprovedChange,
  approvalPath,
  formatApprovalFile,
  formatStatement,
} from '../../core/trust/step/approval-statement.ts';
import { git } from '../desk/git.ts';
import { signStatement } from '../desk/sign-statement.ts';
import type { TrustWalk } from './walk.ts';

export interface BranchChange {
  /** Of main with the branch merged. */
  readonly tree: ObjectId;
  readonly change: readonly ChangedPath[];
  /** Approvals that the branch adds. */
  readonly added: readonly ChangedPath[];
}

export interface ApprovalQuestion {
  /** Of the branch. */
  readonly head: ObjectId;
  readonly change: readonly ChangedPath[];
  /** As git takes it; undefined: user.signingkey. */
  readonly key: string | undefined;
  readonly timeSec: number;
  readonly expiresSec: number;
}

export interface ApprovalFile {
  readonly principal: string;
  /** Its path. */
  readonly file: string;
  readonly text: string;
}

/** @throws TowlineError CLI_SIGNING, CLI_SIGNING_KEY where this key approves nothing here */
export async function makeApproval(
  walk: TrustWalk,
  question: ApprovalQuestion,
  signal: AbortSignal,
): Promise<ApprovalFile> {
  const { repository, trusted, policies } = walk;
  const { head, change, key } = question;
  const statement = await makeStatement(walk, question);
  const directory = repository.gitDirectory;
  const armored = await signStatement(statement, { directory, key, namespace: 'towline-approval' }, signal);
  const brought = change.some(entry => entry.path.startsWith('trust/'))
    ? [await loadPolicy(walk.reader(), head, policies)]
    : [];
  const current = await loadPolicy(walk.reader(), trusted.commit, policies);
  const principal = signerOf(statement, armored, [current, ...brought]);
  return {
    principal,
    file: approvalPath(statement, principal),
    text: formatApprovalFile(statement, armored),
  };
}

/** What the branch would change on top of the trusted commit: the tree that any merge button makes. */
export async function branchChange(walk: TrustWalk, head: ObjectId): Promise<BranchChange> {
  const { trusted, repository } = walk;
  const args = ['merge-tree', '--write-tree', '--no-messages', trusted.commit, head];
  const tree = await git(args, { directory: repository.gitDirectory }).catch(cause => {
    throw new TowlineError('CLI_USAGE', `the branch conflicts with main: merge or rebase it first`, {
      cause,
    });
  });
  const reader = walk.reader();
  const whole = await changeBetween(reader, (await reader.commit(trusted.commit)).tree, tree);
  const isAdded = ({ path: file, oldMode }: ChangedPath) =>
    file.startsWith('approvals/') && oldMode === noMode;
  return { tree, change: whole.filter(entry => !isAdded(entry)), added: whole.filter(isAdded) };
}

async function makeStatement(
  walk: TrustWalk,
  { change, timeSec, expiresSec }: ApprovalQuestion,
): Promise<Buffer> {
  const { trusted } = walk;
  const reader = walk.reader();
  const policy = await loadPolicy(reader, trusted.commit, walk.policies);
  const changes: ApprovedChange[] = [];
  for (const entry of change) changes.push({ ...entry, sha256: await contentHash(reader, entry) });
  return formatStatement({
    fleet: policy.fleet,
    base: trusted.commit,
    policyVersion: policy.version,
    nonce: randomBytes(16).toString('hex'),
    timeSec,
    expiresSec,
    changes,
  });
}

/** Who signed: by the policy in force, or by the one that the branch brings (a new root approves itself). */
function signerOf(statement: Buffer, armored: string, policies: readonly Policy[]): string {
  let why = '';
  for (const policy of policies) {
    const evidence = checkSignature(armored, statement, policy.keys, 'towline-approval');
    if (evidence.sound) return evidence.by.principal;
    why ||= evidence.message;
  }
  throw new TowlineError('CLI_SIGNING_KEY', `this key approves nothing here: ${why}`);
}
