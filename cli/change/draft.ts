/** A branch that asks for a change of main, with the approval of whoever makes it, where the policy knows their key. */
import { isTowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { approvalLifetimeSec } from '../../core/trust/step/approval-statement.ts';
import { push } from '../desk/push.ts';
import { remotePlace } from '../desk/repository.ts';
import { signedCommit } from '../desk/signed-commit.ts';
import { type ApprovalFile, branchChange, makeApproval } from '../trust/approval-file.ts';
import type { TrustWalk } from '../trust/walk.ts';
import type { Proposal, RemoteMain } from './remote-main.ts';

export interface Draft {
  readonly branch: string;
  readonly commit: ObjectId;
  /** The principal. */
  readonly approvedBy?: string;
  /** What the remote said: a forge, where to open the pull request. */
  readonly words: readonly string[];
}

export interface DraftQuestion {
  readonly proposal: Pick<Proposal, 'files' | 'message'>;
  readonly branch: string;
  /** When what it asks for is over, as an instant: an approval of it is worth nothing after that. */
  readonly until?: string | undefined;
  /** `git push -o`. */
  readonly pushOptions?: readonly string[];
}

/** For a branch name: `20261129T053000Z`. */
export const stampOf = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

/** @throws TowlineError CLI_PUSH_REFUSED, CLI_SIGNING, as `push` */
export async function pushDraft(
  main: RemoteMain,
  walk: TrustWalk,
  { proposal, branch, until, pushOptions = [] }: DraftQuestion,
  signal: AbortSignal,
): Promise<Draft> {
  const { gitDirectory: directory } = main.repository;
  const { key } = main.options;
  // No trailer: a draft must not be one that a forge could fast-forward main to.
  const base = { directory, base: walk.trusted.commit, message: `${proposal.message}\n`, key };
  const bare = await signedCommit({ ...base, files: proposal.files, mayBeUnsigned: true }, signal);
  const approval = await ownApproval(walk, { head: bare, key, until }, signal);
  const files = new Map([
    ...proposal.files,
    ...(approval === undefined ? [] : [[approval.file, approval.text] as const]),
  ]);
  const commit =
    approval === undefined ? bare : await signedCommit({ ...base, files, mayBeUnsigned: true }, signal);
  const ref = `refs/heads/${branch}`;
  const { words } = await push(
    { directory: remotePlace(main.repository), remote: main.remote, commit, ref, options: pushOptions },
    signal,
  );
  return { branch, commit, words, ...(approval === undefined ? {} : { approvedBy: approval.principal }) };
}

/** Good for as long as what it approves. @returns undefined where this person's key approves nothing here, or they have none */
export async function ownApproval(
  walk: TrustWalk,
  {
    head,
    key,
    until,
  }: { readonly head: ObjectId; readonly key: string | undefined; readonly until: string | undefined },
  signal: AbortSignal,
): Promise<ApprovalFile | undefined> {
  const { change } = await branchChange(walk, head);
  const timeSec = Math.floor(Date.now() / 1000);
  const endSec = until === undefined ? Number.POSITIVE_INFINITY : Math.floor(Date.parse(until) / 1000);
  const expiresSec = Math.min(timeSec + approvalLifetimeSec, Math.max(endSec, timeSec + 1));
  try {
    return await makeApproval(walk, { head, change, key, timeSec, expiresSec }, signal);
  } catch (error) {
    if (isTowlineError(error, 'CLI_SIGNING_KEY')) return undefined;
    throw error;
  }
}
