/** `towline validate`: everything that is wrong with a fleet repository, all at once. */
import type { Command } from 'commander';
import { checkFleet, type FleetCheck } from '../../core/check/check-fleet.ts';
import { formatProblem, problemJson, TowlineError } from '../../core/errors.ts';
import { inFileOrder, loadFleet } from '../../core/fleet/load.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import { formatWarning } from '../command/report-error.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { openRepository, openSnapshot, resolveCommit } from '../desk/repository.ts';
import { gitHistory } from '../secret/history.ts';
import type { Question } from './base-commit.ts';
import { moveOldTargets } from './old-targets.ts';
import { pastReleaseProblems } from './past-releases.ts';
import { policyVersionProblems } from './policy-version.ts';
import { restoreFindings } from './restore-requests.ts';
import { countWords, rolloutFindings } from './rollout-changes.ts';

interface ValidateOptions {
  readonly commit?: string;
  readonly base?: string;
  readonly worktree?: boolean;
  readonly fix?: boolean;
  readonly allowDowngrade?: boolean;
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

/** What has one way to be mended is, in the working tree. @returns paths of what was changed */
async function mended(directory: string, { commit }: ValidateOptions): Promise<string[]> {
  if (commit !== undefined) throw new TowlineError('CLI_USAGE', '--commit and --fix exclude each other');
  const { workTree } = await openRepository(directory);
  await using snapshot = await openSnapshot({ repo: directory, worktree: true });
  const { fleet } = await loadFleet(snapshot.files, snapshot.commit);
  return fleet === undefined || workTree === undefined ? [] : moveOldTargets(fleet, workTree);
}

/** What is wrong with a change, not with what it leads to. */
const historyProblems = async (question: Question) => [
  ...(await policyVersionProblems(question)),
  ...(await pastReleaseProblems(question)),
  ...(await restoreFindings(question)),
];

async function validate(directory: string, given: ValidateOptions): Promise<void> {
  const terminal = standardTerminal();
  const changed = given.fix === true ? await mended(directory, given) : [];
  const options = given.fix === true ? { ...given, worktree: true } : given;
  await using snapshot = await openSnapshot({ repo: directory, ...options });
  const repository = await openRepository(directory);
  const { gitDirectory } = repository;
  const main = given.base === undefined ? undefined : await resolveCommit(repository, given.base);
  const head = options.worktree === true ? undefined : snapshot.commit;
  const found = await checkFleet({
    files: snapshot.files,
    commit: snapshot.commit,
    date: new Date(),
    history: gitHistory(gitDirectory, head),
  });
  const { fleet } = found;
  const question = fleet === undefined ? undefined : { gitDirectory, snapshot, head, main, fleet };
  const since = question === undefined ? [] : await historyProblems(question);
  const rollouts =
    question === undefined ? undefined : await rolloutFindings(question, given.allowDowngrade === true);
  const check = {
    ...found,
    problems: inFileOrder([...found.problems, ...since, ...(rollouts?.problems ?? [])]),
    warnings: inFileOrder([...found.warnings, ...(rollouts?.warnings ?? [])]),
  };
  const { problems, warnings } = check;
  if (options.json === true) {
    terminal.json({
      ok: problems.length === 0,
      ...(given.fix === true ? { changed } : {}),
      fleet: check.fleet?.name,
      commit: options.worktree === true ? undefined : snapshot.commit,
      devices: check.fleet?.devices.size,
      rollouts: rollouts?.counts ?? [],
      said: rollouts?.said ?? [],
      problems: problems.map(problemJson),
      warnings: warnings.map(problemJson),
    });
  } else {
    for (const file of changed) terminal.line(`${file}: tunnel.targets moved to access.targets`);
    for (const sentence of rollouts?.said ?? []) terminal.line(sentence);
    if (problems.length === 0) for (const counts of rollouts?.counts ?? []) terminal.line(countWords(counts));
    show(terminal, snapshot.name, check);
  }
  process.exitCode = problems.length === 0 ? exitCode.ok : exitCode.problems;
}

export function registerValidate(command: Command): void {
  command
    .argument('[dir]', 'the repository, or a folder in it', '.')
    .option('--commit <rev>', 'the commit to check (default: HEAD)')
    .option('--base <rev>', 'main, from which the change is told (default: that of the remote "origin")')
    .option('--worktree', 'check the files as they lie there, committed or not')
    .option('--fix', 'mend what has one way to be mended, in the working tree, and check that')
    .option(
      '--allow-downgrade',
      'devices of an open stage of a rollout may go back, others get its release before their stage opens',
    )
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
