/** `towline secret check`: whether everything below secrets/ is sealed, to those who need it and to nobody else. */
import type { Command } from 'commander';
import { FleetProblems, formatProblem, problemJson } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { checkSecrets } from '../../core/fleet/secret-check.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { gitHistory } from './history.ts';

interface CheckOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly worktree?: boolean;
  readonly json?: boolean;
}

async function check(options: CheckOptions): Promise<void> {
  const terminal = standardTerminal();
  const { gitDirectory } = await openRepository(options.repo);
  await using snapshot = await openSnapshot(options);
  const { files: reader, commit, name } = snapshot;
  const { fleet, problems: others } = await loadFleet(reader, commit);
  if (fleet === undefined || others.length > 0) throw new FleetProblems(others);
  const history = gitHistory(gitDirectory, options.worktree === true ? undefined : commit);
  const { signal } = new AbortController();
  const problems = await checkSecrets({ fleet, reader, commit, history, date: new Date(), signal });
  if (options.json === true)
    terminal.json({ ok: problems.length === 0, problems: problems.map(problemJson) });
  else {
    for (const problem of problems) terminal.line(formatProblem(problem));
    if (problems.length === 0) terminal.line(`${terminal.colour('green', 'sealed')}: the secrets at ${name}`);
  }
  process.exitCode = problems.length === 0 ? exitCode.ok : exitCode.problems;
}

export function registerSecretCheck(secret: Command): void {
  secret
    .command('check')
    .description('Check that secrets are sealed, to those who need them, and not readable by revoked keys.')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to check (default: HEAD)')
    .option('--worktree', 'check the files as they lie there, committed or not')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline secret check --worktree', 'what you are about to commit']]))
    .action(check);
}
