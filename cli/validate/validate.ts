/** `towline validate`: everything that is wrong with a fleet repository, all at once. */
import type { Command } from 'commander';
import { formatProblem } from '../../core/errors.ts';
import { inFileOrder } from '../../core/fleet/load.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import { formatWarning, problemJson } from '../command/report-error.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { gitHistory } from '../secret/history.ts';
import { checkFleet, type FleetCheck } from './check-fleet.ts';
import { policyVersionProblems } from './policy-version.ts';

interface ValidateOptions {
  readonly commit?: string;
  readonly worktree?: boolean;
  readonly json?: boolean;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function show(terminal: Terminal, name: string, { fleet, problems, warnings, states }: FleetCheck): void {
  for (const problem of problems) terminal.line(formatProblem(problem));
  for (const warning of warnings) terminal.line(formatWarning(terminal, warning));
  if (problems.length > 0) {
    terminal.line(`${terminal.colour('red', counted(problems.length, 'problem'))} in ${name}`);
    return;
  }
  const counts = [
    counted(fleet?.devices.size ?? 0, 'device'),
    counted(fleet?.groups.size ?? 0, 'group'),
    counted(fleet?.apps.size ?? 0, 'app'),
  ];
  const computed = counted(states, 'distinct device state');
  const told = warnings.length === 0 ? '' : `; ${counted(warnings.length, 'warning')}`;
  terminal.line(
    `${terminal.colour('green', 'valid')}: ${fleet?.name} at ${name}: ${counts.join(', ')}; ${computed} computed${told}`,
  );
}

async function validate(directory: string, options: ValidateOptions): Promise<void> {
  const terminal = standardTerminal();
  await using snapshot = await openSnapshot({ repo: directory, ...options });
  const { gitDirectory } = await openRepository(directory);
  const head = options.worktree === true ? undefined : snapshot.commit;
  const found = await checkFleet(snapshot.files, snapshot.commit, gitHistory(gitDirectory, head));
  const { fleet } = found;
  const stale =
    fleet === undefined ? [] : await policyVersionProblems({ gitDirectory, snapshot, head, fleet });
  const check = { ...found, problems: inFileOrder([...found.problems, ...stale]) };
  const { problems, warnings } = check;
  if (options.json === true) {
    terminal.json({
      ok: problems.length === 0,
      fleet: check.fleet?.name,
      commit: options.worktree === true ? undefined : snapshot.commit,
      devices: check.fleet?.devices.size,
      problems: problems.map(problemJson),
      warnings: warnings.map(problemJson),
    });
  } else show(terminal, snapshot.name, check);
  process.exitCode = problems.length === 0 ? exitCode.ok : exitCode.problems;
}

export function registerValidate(command: Command): void {
  command
    .argument('[dir]', 'the repository, or a folder in it', '.')
    .option('--commit <rev>', 'the commit to check (default: HEAD)')
    .option('--worktree', 'check the files as they lie there, committed or not')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline validate', 'the last commit of this repository'],
        ['towline validate --worktree', 'what you are about to commit'],
        ['towline validate /srv/fleet.git --commit main --json', 'a bare repository, for a script'],
      ]),
    )
    .action(validate);
}
