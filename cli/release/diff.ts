/** `towline release diff`: what one release has that another has not. */
import type { Command } from 'commander';
import { changeWords, type ValueChange } from '../../core/history/value-changes.ts';
import { isSame, type ReleaseDifference, releaseDifference } from '../../core/release/difference.ts';
import { releaseOf } from '../../core/release/known-releases.ts';
import { type ReleaseFacts, releaseFacts } from '../../core/release/release-facts.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { openReleases } from './open-releases.ts';

interface DiffOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly json?: boolean;
}

async function diff(app: string, from: string, to: string, options: DiffOptions): Promise<void> {
  await using opened = await openReleases(options);
  const { fleet, files } = opened;
  const factsOf = (version: string) =>
    releaseFacts({ files, commit: fleet.commit }, app, releaseOf(fleet, app, version));
  const [before, after] = [await factsOf(from), await factsOf(to)];
  const difference = releaseDifference(before, after);
  const terminal = standardTerminal();
  const unread = [before, after].flatMap(unreadWords);
  if (options.json === true)
    terminal.json({ app, from, to, ...difference, ...(unread.length > 0 ? { unread } : {}) });
  else print(terminal, difference, unread);
}

const unreadWords = ({ release, problems }: ReleaseFacts) =>
  problems.slice(0, 1).map(({ message }) => `Compose files of ${release.version} cannot be read: ${message}`);

function print(terminal: Terminal, difference: ReleaseDifference, unread: readonly string[]): void {
  for (const words of unread) terminal.line(terminal.colour('yellow', words));
  if (isSame(difference)) {
    terminal.line('nothing differs');
    return;
  }
  const { images, services, others, files, variables, secrets, requires, words } = difference;
  const part = (title: string, changes: readonly ValueChange[]) => {
    if (changes.length === 0) return;
    terminal.line(terminal.colour('bold', title));
    for (const change of changes) terminal.line(`  ${placeOf(change.at)}${changeWords(change)}`);
  };
  part('images', images);
  for (const [service, changes] of Object.entries(services)) part(`service ${service}`, changes);
  part('networks, volumes and the rest', others);
  part('variables', variables);
  part('secrets, by name', secrets);
  part('requires', requires);
  part('for people', words);
  if (files.length > 0) terminal.line(terminal.colour('bold', 'files'));
  for (const { path, change } of files) terminal.line(`  ${path}: ${change}`);
}

const placeOf = (pointer: string) =>
  pointer === ''
    ? ''
    : `${pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')}: `;

export function registerReleaseDiff(release: Command): void {
  release
    .command('diff')
    .description(
      'Show what differs between two releases: images, services, files, variables, secrets by name.',
    )
    .argument('<app>', 'folder in apps/')
    .argument('<version>', 'the one')
    .argument('<other-version>', 'the other')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to read (default: HEAD)')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline release diff hello 1.4.2 1.5.0', 'what a device would get']]))
    // `--repo` and `--json` are options of `release` too, which reads them wherever they stand.
    .action(
      async (app: string, ...[from, to, _options, verb]: [string, string, unknown, Command]) =>
        await diff(app, from, to, verb.optsWithGlobals<DiffOptions>()),
    );
}
