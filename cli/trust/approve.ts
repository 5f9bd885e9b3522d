/** `towline approve`: vouches for the exact change that a branch makes to main. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { type ChangedPath, changeBetween, noMode } from '../../core/trust/git/change.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Policy } from '../../core/trust/policy/policy.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { checkSignature } from '../../core/trust/signature/signature.ts';
import { contentHash } from '../../core/trust/step/approval.ts';
import {
  type ApprovedChange,
  approvalLifetimeSec,
  approvalPath,
  formatApprovalFile,
  formatStatement,
  parseApprovalPath,
} from '../../core/trust/step/approval-statement.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { resolveCommit } from '../desk/repository.ts';
import { signStatement } from '../desk/sign-statement.ts';
import { type TrustWalk, walkRepository } from './walk.ts';

interface ApproveOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly base: string;
  readonly key?: string;
  readonly days: string;
  readonly refresh?: boolean;
  readonly json?: boolean;
}

/** What the branch would change on top of the trusted commit: the tree that any merge button makes. */
async function branchChange(
  walk: TrustWalk,
  head: ObjectId,
): Promise<{ change: ChangedPath[]; added: ChangedPath[] }> {
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
  return { change: whole.filter(entry => !isAdded(entry)), added: whole.filter(isAdded) };
}

async function makeStatement(walk: TrustWalk, change: readonly ChangedPath[], days: number): Promise<Buffer> {
  const { trusted } = walk;
  const reader = walk.reader();
  const policy = await loadPolicy(reader, trusted.commit, walk.policies);
  const changes: ApprovedChange[] = [];
  for (const entry of change) changes.push({ ...entry, sha256: await contentHash(reader, entry) });
  const timeSec = Math.floor(Date.now() / 1000);
  return formatStatement({
    fleet: policy.fleet,
    base: trusted.commit,
    policyVersion: policy.version,
    nonce: randomBytes(16).toString('hex'),
    timeSec,
    expiresSec: timeSec + Math.round(days * 24 * 3600),
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

async function approve(options: ApproveOptions, signal: AbortSignal): Promise<void> {
  const { repo, base, anchor } = options;
  await using walk = await walkRepository({ repo, head: base, ...(anchor ? { anchor } : {}) }, signal);
  const { repository, trusted, policies, stopped } = walk;
  if (repository.workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', 'approve on a branch in a working tree');
  if (stopped !== undefined)
    throw new TowlineError(stopped.code, `${options.base} is not trusted: ${stopped.message}`);
  const days = Number(options.days);
  if (!(days > 0 && days <= 366)) throw new TowlineError('CLI_USAGE', '--days must be between 0 and 366');
  const head = await resolveCommit(repository, 'HEAD');
  const { change, added } = await branchChange(walk, head);
  if (change.length === 0)
    throw new TowlineError('CLI_USAGE', `HEAD changes nothing that ${options.base} has`);
  const statement = await makeStatement(walk, change, days);
  const directory = repository.workTree;
  const armored = await signStatement(
    statement,
    { directory, key: options.key, namespace: 'towline-approval' },
    signal,
  );
  const brought = change.some(entry => entry.path.startsWith('trust/'))
    ? [await loadPolicy(walk.reader(), head, policies)]
    : [];
  const current = await loadPolicy(walk.reader(), trusted.commit, policies);
  const principal = signerOf(statement, armored, [current, ...brought]);
  const removed = options.refresh === true ? await removeOwn(directory, added, principal) : [];
  const file = approvalPath(statement, principal);
  await mkdir(path.join(directory, 'approvals'), { recursive: true });
  await writeFile(path.join(directory, file), formatApprovalFile(statement, armored));
  await git(['add', '--', file], { directory });
  const expires = showTime(Math.floor(Date.now() / 1000) + days * 24 * 3600);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({
      principal,
      file,
      removed,
      base: trusted.commit,
      paths: change.map(entry => entry.path),
      expires,
    });
    return;
  }
  terminal.line(`${principal} approves, until ${expires}, on top of ${trusted.commit}:`);
  for (const entry of change) terminal.line(`  ${entry.path}`);
  terminal.line(`wrote ${file}; commit and push it with the branch`);
  if (removed.length > 0) {
    terminal.line(
      'removed the earlier one; before a rebase button, take its commit out of the branch (or squash, or merge)',
    );
  }
}

/** Approvals of this person that the branch adds: a step takes none that does not fit. */
async function removeOwn(
  directory: string,
  added: readonly ChangedPath[],
  principal: string,
): Promise<string[]> {
  const own = added.map(entry => entry.path).filter(file => parseApprovalPath(file)?.principal === principal);
  if (own.length > 0)
    await git(['rm', '--quiet', '--force', '--ignore-unmatch', '--', ...own], { directory });
  return own;
}

export function registerApprove(command: Command, stop: Stop): void {
  command
    .option('--repo <dir>', 'working tree, on the branch to approve', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--base <rev>', 'main, as you know it', 'origin/main')
    .option('--key <key>', 'signing key, as git takes it (default: user.signingkey)')
    .option('--days <n>', 'how long the approval is good for', String(approvalLifetimeSec / 24 / 3600))
    .option('--refresh', 'replace the approvals of yours that the branch has')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline approve && git commit -m "Approve" && git push', 'on the branch of a pull request'],
        ['towline approve --refresh', 'after the branch has changed'],
      ]),
    )
    .action((options: ApproveOptions) => approve(options, stop()));
}
