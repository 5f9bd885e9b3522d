/** `towline rollout start`: a release begins to walk through the fleet. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { agentName } from '../../core/agents/agent-version.ts';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { intendStart, type NewRollout } from '../../core/change/rollout-start.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { rolloutPath } from '../../core/fleet/paths.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { movedBy } from '../../core/fleet/rollout-files.ts';
import { instantOf } from '../../core/rollout/board.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { typedStages } from './stages-option.ts';

interface StartOptions extends ChangeOptions {
  readonly from?: readonly string[];
  readonly stages?: string;
  readonly file?: string;
  readonly name?: string;
  readonly at?: string;
  readonly supersedes?: string;
}

/** @throws TowlineError CLI_USAGE */
function typedRollout(app: string, to: string, options: StartOptions): NewRollout {
  const { from = [], stages = 'all', name = `${to.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-')}` } = options;
  if (from.length === 0)
    throw new TowlineError('CLI_USAGE', '--from: which release do devices have that take part?');
  const { supersedes } = options;
  const content = {
    apiVersion: 'towline/v1',
    ...(app === agentName ? { agent: true } : { app }),
    ...{ from, to, stages: typedStages(stages), stage: 0 },
    ...(supersedes === undefined ? {} : { supersedes }),
  };
  return { app, name, supersedes, named: supersedes, text: stringify(content, { lineWidth: 0 }) };
}

/** @throws TowlineError CLI_USAGE; FleetProblems */
async function rolloutIn(file: string, named: string | undefined): Promise<NewRollout> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new TowlineError('CLI_USAGE', `--file: ${messageOf(cause)}`, { cause });
  });
  const { file: read, problems } = readFleetFile('rollout', file, bytes);
  if (read === undefined || problems.length > 0) throw new FleetProblems(problems);
  const name = named ?? path.basename(file, '.yaml');
  const { supersedes } = read.value;
  return { app: movedBy(read.value), name, supersedes, text: bytes.toString('utf8') };
}

/** @throws TowlineError CLI_USAGE */
function beginning(at: string | undefined): { readonly stage: number; readonly since: string } {
  if (at === undefined) return { stage: 1, since: instantOf(Date.now()) };
  const ms = Date.parse(at);
  if (Number.isNaN(ms))
    throw new TowlineError('CLI_USAGE', `--at: "${at}" is no moment, such as 2026-11-28T12:00:00Z`);
  return { stage: 0, since: instantOf(ms) };
}

async function start(
  app: string | undefined,
  version: string | undefined,
  options: StartOptions,
  signal: AbortSignal,
): Promise<void> {
  const { file, from, stages, at, supersedes } = options;
  const isTyped = app !== undefined && version !== undefined;
  if (
    (file === undefined) !== isTyped ||
    (file !== undefined && (from ?? stages ?? supersedes) !== undefined)
  )
    throw new TowlineError('CLI_USAGE', 'an app, a version and --from, or --file alone');
  const found =
    file === undefined
      ? typedRollout(app ?? '', version ?? '', options)
      : await rolloutIn(file, options.name);
  const begins = beginning(at);
  const target = rolloutPath(found.app, found.name);
  const key = `${found.app}/${found.name}`;
  const intend = (place: FilesAt) => intendStart(found, begins, place);
  const made = await makeChange({ options, name: `rollout-${found.app}-${found.name}`, intend }, signal);
  const done =
    at === undefined ? `${key} begins: its first stage is open` : `${key} begins at ${begins.since}`;
  sayMade(made, { json: options.json === true, done, already: done, fields: { rollout: key, file: target } });
}

export function registerRolloutStart(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('start')
    .description('Begin a rollout: its file, with the first stage open.')
    .argument('[app]', 'the app; _agent: the agent itself')
    .argument('[version]', 'the release that devices get');
  changeOptions(command)
    .addOption(
      new Option('--from <version>', 'devices that are assigned it take part; repeatable').argParser(collect),
    )
    .option(
      '--stages <list>',
      'name[:all|group=NAME|KEY=VALUE|N%][:HOLD][:people], with commas (default: all)',
    )
    .option('--supersedes <rollout>', 'of the same app: it pauses, and devices that it has moved take part')
    .option('--file <file>', 'a rollout that is written already, with gates and all')
    .option('--name <name>', 'what it is called (default: the version, or the name of the file)')
    .option('--at <moment>', 'a bot opens the first stage then, instead of this commit')
    .addHelpText(
      'after',
      examples([
        [
          'towline rollout start hello 1.5.0 --from 1.4.2 --stages canary:group=canary:4h,tenth:10%:1d,all',
          'three stages; each is held before the next',
        ],
        ['towline rollout start --file hello-1.5.yaml --dry-run', 'what would be committed'],
        [
          'towline rollout start hello 1.5.1 --from 1.4.2 --from 1.5.0 --supersedes hello-1.5',
          'a hotfix, at once, for all that another one moves',
        ],
        [
          'towline rollout start _agent 0.2.0 --from 0.1.0 --stages canary:group=canary:1d,all',
          'another agent, of those that trust/agents lists',
        ],
      ]),
    )
    .action((app: string | undefined, version: string | undefined, options: StartOptions) =>
      start(app, version, options, stop()),
    );
}
