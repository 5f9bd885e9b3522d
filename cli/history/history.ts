/** `towline history`: the commits that made a device what it is to be, and what it said after each. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { deviceIds } from '../../core/fleet/device-ids.ts';
import { deviceChangeWords } from '../../core/history/device-changes.ts';
import { changesOf, type HistoryEntry } from '../../core/history/device-history.ts';
import { commitJson, vouchedWords } from '../../core/history/line-reader.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { limitOf } from '../command/count-option.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { readLimits } from '../desk/read-limits.ts';
import { openRepository, resolveCommit } from '../desk/repository.ts';
import { type Answer, answersOf } from './device-answers.ts';
import { lineCommits } from './line-commits.ts';

interface HistoryOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly telemetry?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** Commits that are looked through for those that count. */
const mostLooked = 5000;
/** Changes of one commit that are named. */
const shownChanges = 12;

async function history(device: string, options: HistoryOptions, signal: AbortSignal): Promise<void> {
  const limit = limitOf(options.limit);
  const repository = await openRepository(options.repo);
  const head = await resolveCommit(repository, options.commit ?? 'HEAD');
  await using source = new GitCatFileSource(repository.gitDirectory);
  const reader = new ObjectReader(source, readLimits);
  const entries: HistoryEntry[] = [];
  const own = `:(glob)devices/**/${device}.yaml`;
  const paths = ['fleet.yaml', 'groups', 'apps', 'rollouts', 'secrets', own];
  const { gitDirectory } = repository;
  const touching = await lineCommits({ gitDirectory, head, paths, limit: mostLooked }, signal);
  // What was before the last one that is looked at is not known: it was not there, or is older.
  const isCut = touching.length === mostLooked;
  const found = changesOf({ reader, device, commits: touching, isCut }, signal);
  for await (const entry of found) {
    entries.push(entry);
    if (entries.length === limit) break;
  }
  if (entries.length === 0)
    throw noSuchDevice(device, await deviceIds(reader, head), `at ${head.slice(0, 12)}, nor was any before`);
  const commits = entries.map(({ word }) => word.commit);
  const answers = await answersOf({ ...options, gitDirectory, device, head, commits }, signal);
  const terminal = standardTerminal();
  if (options.json === true) {
    const shown = entries.map(entry => entryJson(entry, answers.get(entry.word.commit)));
    terminal.json({ device, commit: head, history: shown });
  } else for (const entry of entries) print(terminal, entry, answers.get(entry.word.commit));
}

function print(terminal: Terminal, { word, changes }: HistoryEntry, answer: Answer | undefined): void {
  const { time, commit, subject } = word;
  terminal.line(`${terminal.colour('bold', time)} ${commit.slice(0, 12)} ${subject} (${vouchedWords(word)})`);
  for (const change of changes.slice(0, shownChanges)) terminal.line(`  ${deviceChangeWords(change)}`);
  if (changes.length > shownChanges) terminal.line(`  and ${changes.length - shownChanges} more`);
  if (answer !== undefined) terminal.line(`  the device said: ${answer.outcome}, ${answer.time}`);
}

const entryJson = ({ word, changes }: HistoryEntry, answer: Answer | undefined) => ({
  ...commitJson(word),
  changes,
  ...(answer === undefined ? {} : { answer }),
});

/** @throws TowlineError CLI_USAGE */
function named(device: string): string {
  if (/^[a-z0-9-]{1,63}$/.test(device)) return device;
  throw new TowlineError('CLI_USAGE', `"${device}" cannot be a device's id`);
}

export function registerHistory(command: Command, stop: Stop): void {
  command
    .argument('<device>', 'id of the device')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the newest commit to look at (default: HEAD)')
    .option('--limit <count>', 'so many changes at most', '20')
    .option(
      '--telemetry <url>',
      'what it said after each: the gateway’s telemetry repository (default: git config towline.telemetry)',
    )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline history pump-17', 'what was changed for it, when, and by whom'],
        ['towline history pump-17 --limit 1 --json', 'the newest change, for a script'],
      ]),
    )
    .action(async (device: string, options: HistoryOptions) => await history(named(device), options, stop()));
}
