/** `towline release changelog`: the commits that made the one release out of the other. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { appFolder, releasePath } from '../../core/fleet/paths.ts';
import { type CommitWord, commitJson, vouchedWords } from '../../core/history/line-reader.ts';
import { releaseOf } from '../../core/release/known-releases.ts';
import { limitOf } from '../command/count-option.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { lineCommits } from '../history/line-commits.ts';
import { madeBy } from './made-by.ts';
import { openReleases } from './open-releases.ts';

interface ChangelogOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly limit: string;
  readonly json?: boolean;
}

async function changelog(
  app: string,
  versions: readonly [from: string, to: string],
  options: ChangelogOptions,
  signal: AbortSignal,
): Promise<void> {
  const limit = limitOf(options.limit);
  await using opened = await openReleases(options);
  const { fleet, gitDirectory, line } = opened;
  for (const version of versions) releaseOf(fleet, app, version);
  const made = await madeBy({ gitDirectory, head: fleet.commit, apps: [app] }, signal);
  const [since, head] = versions.map(version => made.get(releasePath(app, version)));
  if (since === undefined || head === undefined)
    throw new TowlineError('CLI_USAGE', `a release of ${app} is in no commit of this line yet`);
  const folder = appFolder(app);
  const paths = [`:(literal)${folder}`, `:(exclude,literal)${folder}/releases`];
  const found = await lineCommits({ gitDirectory, head, since, paths, limit: limit + 1 }, signal);
  const words: CommitWord[] = [];
  for (const commit of found.slice(0, limit)) words.push(await line.word(commit));
  const terminal = standardTerminal();
  const [from, to] = versions;
  const isCut = found.length > limit;
  if (options.json === true) {
    terminal.json({ app, from, to, commits: words.map(commitJson), ...(isCut ? { cut: true } : {}) });
    return;
  }
  if (words.length === 0) terminal.line(`no commit between ${from} and ${to} touched ${folder}`);
  for (const word of words) {
    terminal.line(
      `${word.time.slice(0, 10)} ${word.subject} (${vouchedWords(word)}, ${word.commit.slice(0, 12)})`,
    );
    for (const text of word.body === '' ? [] : word.body.split('\n')) terminal.line(`    ${text}`);
  }
  if (isCut) terminal.line(`and older ones: --limit ${limit * 2}`);
}

export function registerReleaseChangelog(release: Command, stop: Stop): void {
  release
    .command('changelog')
    .description('List the commits that changed an app between two of its releases, the newest first.')
    .argument('<app>', 'folder in apps/')
    .argument('<version>', 'the earlier one')
    .argument('<other-version>', 'the later one')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to read (default: HEAD)')
    .option('--limit <count>', 'so many at most', '100')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([['towline release changelog hello 1.4.2 1.5.0', 'for the notes of 1.5.0']]),
    )
    // `--repo` and `--json` are options of `release` too, which reads them wherever they stand.
    .action(
      async (app: string, ...[from, to, _options, verb]: [string, string, unknown, Command]) =>
        await changelog(app, [from, to], verb.optsWithGlobals<ChangelogOptions>(), stop()),
    );
}
