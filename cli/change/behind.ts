/** A verb that changes main leaves the clone as it is: what reads the clone then says that main is further. */
import { Terminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { openRepository, type SnapshotOptions } from '../desk/repository.ts';

/** On standard error, for a person. Nothing where another commit was asked for, or the branch follows none. */
export async function sayBehind({
  repo,
  commit,
  worktree = false,
  json = false,
}: SnapshotOptions & { readonly json?: boolean }): Promise<void> {
  if (commit !== undefined || worktree || json) return;
  const { gitDirectory: directory } = await openRepository(repo);
  const args = ['rev-list', '--count', 'HEAD..@{upstream}'];
  const count = await git(args, { directory }).catch(() => '0');
  if (count === '0') return;
  const commits = count === '1' ? 'one commit' : `${count} commits`;
  new Terminal(process.stderr, process.env).line(`main is ${commits} further than this clone: git pull`);
}
