/** `towline status`: what devices last said of themselves, once, again and again, or until they are where they should be. */
import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openRepository, resolveCommit } from '../desk/repository.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { arrangementOf, groupByOption, type Order, sortOption } from './arranged.ts';
import { Lookout, type Sight } from './sight.ts';
import { follow, lines, redrawn, showTable, sightJson, silent } from './views.ts';
import { waitFor } from './wait.ts';

interface StatusOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly telemetry?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly wait?: boolean;
  readonly for: string;
  readonly selector?: string;
  readonly groupBy?: string;
  readonly sort: Order;
}

async function status(
  devices: readonly string[],
  options: StatusOptions,
  signal: AbortSignal,
): Promise<void> {
  const terminal = standardTerminal();
  const { wait = false, watch = false, json = false } = options;
  const longestMs = durationOf(options.for);
  const arrangement = arrangementOf(options);
  // What is waited for stays, whatever is committed meanwhile.
  const commit = wait ? { commit: await commitOf(options) } : {};
  await using lookout = await Lookout.open({ ...options, ...commit, devices }, signal);
  if (wait) {
    const view = json
      ? silent
      : watch && terminal.isScreen
        ? redrawn(terminal, arrangement)
        : lines(terminal, false);
    process.exitCode = await waitFor({ lookout, terminal, view, json, longestMs, named: devices }, signal);
  } else if (watch) {
    const view = terminal.isScreen && !json ? redrawn(terminal, arrangement) : lines(terminal, json);
    await follow(lookout.looks(signal), view);
  } else {
    const sight = await lookout.look(signal);
    if (json) terminal.json(sightJson(sight, arrangement));
    else showTable(terminal, sight, arrangement);
    process.exitCode = isWell(sight) ? exitCode.ok : exitCode.problems;
  }
}

function isWell({ reports, forks }: Sight): boolean {
  return (
    [...reports.values()].every(({ doubt }) => doubt === undefined) &&
    forks.every(({ kind }) => kind !== 'fork')
  );
}

const commitOf = async ({ repo, commit = 'HEAD' }: StatusOptions) =>
  await resolveCommit(await openRepository(repo), commit);

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new TowlineError('CLI_USAGE', `--for: ${text} is no duration, such as 90s or 1h30m`, { cause });
  }
}

export function registerStatus(command: Command, stop: Stop): void {
  command
    .argument('[devices...]', 'only these')
    .addOption(selectorOption())
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys, and says what is wanted', '.')
    .option('--commit <rev>', 'the commit that devices are compared with (default: HEAD)')
    .addOption(groupByOption())
    .addOption(sortOption())
    .option('--watch', 'look on: the table is drawn anew; where it is no terminal, a line for each change')
    .option('--wait', 'until the devices follow the commit and are healthy, or have failed')
    .option('--for <duration>', 'how long --wait waits at most', '30m')
    .option('--json', 'one JSON object with the whole reports instead of a table; with --watch one a line')
    .addHelpText(
      'after',
      examples([
        [
          'towline status --telemetry ssh://git@gw.acme.com:2222/telemetry.git',
          'over the gateway’s SSH port',
        ],
        [
          'git config towline.telemetry ssh://git@gw.acme.com:2222/telemetry.git && towline status',
          'remember it',
        ],
        ['towline status pump-3 --json', 'one device, for a script'],
        ['towline status -l site=berlin --sort outcome', 'a site, the worst first'],
        [
          'towline status --group-by label:site --sort reported',
          'site by site, who is silent for longest first',
        ],
        ['git push && towline status pump-3 pump-4 --wait --for 10m', 'whether it came good'],
      ]),
    )
    .action((devices: readonly string[], options: StatusOptions) => status(devices, options, stop()));
}
