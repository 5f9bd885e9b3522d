/** `towline approve`: vouches for the exact change that a branch makes to main. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import type { ChangedPath } from '../../core/trust/git/change.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { approvalLifetimeSec, parseApprovalPath } from '../../core/trust/step/approval-statement.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { resolveCommit } from '../desk/repository.ts';
import { branchChange, makeApproval } from './approval-file.ts';
import { walkRepository } from './walk.ts';

interface ApproveOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly base: string;
  readonly key?: string;
  readonly days: string;
  readonly refresh?: boolean;
  readonly json?: boolean;
}

async function approve(options: ApproveOptions, signal: AbortSignal): Promise<void> {
  const { repo, base, anchor } = options;
  await using walk = await walkRepository({ repo, head: base, ...(anchor ? { anchor } : {}) }, signal);
  const { repository, trusted, stopped } = walk;
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
  const directory = repository.workTree;
  const timeSec = Math.floor(Date.now() / 1000);
  const expiresSec = timeSec + Math.round(days * 24 * 3600);
  const approval = { head, change, key: options.key, timeSec, expiresSec };
  const { principal, file, text } = await makeApproval(walk, approval, signal);
  const removed = options.refresh === true ? await removeOwn(directory, added, principal) : [];
  await mkdir(path.join(directory, 'approvals'), { recursive: true });
  await writeFile(path.join(directory, file), text);
  await git(['add', '--', file], { directory });
  const expires = showTime(expiresSec);
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
