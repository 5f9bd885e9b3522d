/** `towline lab try`: a branch of production in a lab, with an exit status for a job of a forge. */
import path from 'node:path';
import type { Command } from 'commander';
import { durationOption } from '../../core/change/typed-text.ts';
import { formatDuration } from '../../core/duration.ts';
import { FleetProblems, formatProblem, problemJson } from '../../core/errors.ts';
import type { StandIn } from '../../lab/mirror/stand-ins.ts';
import type { TrialRow } from '../../lab/mirror/trial.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { type Colour, standardTerminal, Terminal } from '../command/terminal.ts';
import { imageChoice, type MirrorOptions, mirrorOptions } from './mirror-options.ts';
import { nameOption } from './named-lab.ts';

export interface TryOptions extends MirrorOptions {
  readonly commit: string;
  readonly base?: string;
  readonly repo: string;
  readonly name?: string;
  readonly timeout: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** Of `towline lab try` alone. */
export const tryExit = { ok: 0, refused: 3, failed: 4, late: 5 } as const;

const colours: Readonly<Record<TrialRow['state'], Colour>> = {
  healthy: 'green',
  failed: 'red',
  refused: 'red',
  late: 'yellow',
  gone: 'dim',
};

const others = ({ standsFor }: StandIn): string =>
  standsFor.length === 0
    ? 'nobody'
    : standsFor.length === 1
      ? 'itself'
      : `itself and ${standsFor.length - 1} more`;

function tell(rows: readonly TrialRow[], untried: readonly StandIn[]): void {
  const terminal = standardTerminal();
  terminal.table(
    ['DEVICE', 'STANDS FOR', 'BEFORE', 'OUTCOME', 'TOOK', 'WHY'],
    rows.map(row => [
      ...[row.device, others(row), row.before ?? '-', terminal.colour(colours[row.state], row.outcome)],
      ...[row.tookMs === 0 ? '-' : formatDuration(Math.round(row.tookMs / 1000) * 1000), row.why ?? ''],
    ]),
  );
  for (const standIn of untried)
    terminal.line(`not tried: ${standIn.standsFor.join(', ')}: no device of this lab has that plan`);
  const first = rows.find(({ state }) => state !== 'healthy' && state !== 'gone');
  if (first !== undefined)
    terminal.line(`${first.device}: ${first.outcome}: ${first.why ?? 'nothing more is known'}`);
}

function refused(problems: FleetProblems, json: boolean): void {
  const terminal = standardTerminal();
  process.exitCode = tryExit.refused;
  if (json) terminal.json({ exit: tryExit.refused, refused: problems.problems.map(problemJson) });
  else for (const problem of problems.problems) terminal.line(formatProblem(problem));
}

/** @throws TowlineError CLI_USAGE, CLI_NO_SUCH_COMMIT, MIRROR_IMAGES, MIRROR_DEVICES, LAB_… */
async function attempt(options: TryOptions, signal: AbortSignal): Promise<void> {
  const timeoutMs = durationOption('--timeout', options.timeout);
  const { carryOut } = await import('./carried-trial.ts');
  const errors = new Terminal(process.stderr, process.env);
  const json = options.json === true;
  const begin = performance.now();
  const progress = (line: string): void => {
    const seconds = `${Math.round((performance.now() - begin) / 1000)} s`.padStart(5);
    if (!json) errors.line(errors.colour('dim', `${seconds}  ${line}`));
  };
  const question = {
    ...{ repository: path.resolve(options.repo), revision: options.commit, base: options.base },
    ...{ name: options.name, choice: imageChoice(options), insecure: options.insecure ?? [] },
    ...{ engine: options.engineAsIs === true, keep: options.keep === true, timeoutMs, progress },
  };
  try {
    const { rows, untried, refusal, exit } = await carryOut(question, signal);
    process.exitCode = exit;
    if (json) standardTerminal().json({ exit, refused: refusal, devices: rows, untried });
    else if (refusal !== undefined) standardTerminal().lines(refusal);
    else tell(rows, untried);
  } catch (error) {
    if (!(error instanceof FleetProblems)) throw error;
    refused(error, json);
  }
}

export function registerTry(lab: Command, stop: Stop): void {
  const command = lab
    .command('try')
    .description(
      'Try a branch of a fleet in a mirror of it: every distinct plan on a device. Exits with 0 where all are healthy, 3 where it is refused, 4 where one rolled back or failed, 5 where the time was over.',
    )
    .requiredOption('--commit <revision>', 'what is tried: a branch, a tag, a commit')
    .option('--base <revision>', 'what devices have before it (default: main, else origin/main)')
    .option('--repo <dir>', 'production’s repository: a clone, its forge’s checkout, a bare one', '.')
    .option('--timeout <duration>', 'for the base, and again for what is tried', '15m')
    .option('--keep', 'leave the lab, where this made it')
    .option('--json', 'one JSON object instead of text');
  mirrorOptions(nameOption(command))
    .addHelpText(
      'after',
      examples([
        [
          'towline lab try --commit release-1.5 --stand-in-images',
          'all that Towline does, without the images',
        ],
        [
          'towline lab try --commit HEAD --base origin/main --images-from registry --json',
          'in a job of a forge',
        ],
      ]),
    )
    .action((options: TryOptions) => attempt(options, stop()));
}
