/** `towline timestamp`: the bot's statement that main is still what it was. */

import type { Command } from 'commander';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { treeMark } from '../../core/trust/line/history.ts';
import { emptyTree, formatTimestamp, timestampRef, verifyTimestamp } from '../../core/trust/timestamp.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { signingArguments } from '../desk/signing-arguments.ts';
import { showStop } from './stopped-walk.ts';
import { type WalkOptions, walkRepository } from './walk.ts';

interface TimestampOptions extends WalkOptions {
  readonly key?: string;
  readonly push?: string;
  readonly json?: boolean;
}

async function timestamp(options: TimestampOptions, signal: AbortSignal): Promise<void> {
  await using walk = await walkRepository({ ...options, byOurClock: 'all' }, signal);
  const { trusted, stopped, repository, policies } = walk;
  const directory = repository.gitDirectory;
  const timeSec = Math.floor(Date.now() / 1000);
  const files = (await treeMark(walk.reader(), trusted.commit)).toString('hex');
  const message = formatTimestamp({ fleet: trusted.fleet, head: trusted.commit, timeSec, files });
  const date = `${timeSec} +0000`;
  const { settings, sign } = signingArguments(options.key);
  await git(['hash-object', '-t', 'tree', '-w', '--stdin'], { directory, input: '' });
  const environment = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const id = await git([...settings, 'commit-tree', sign, emptyTree], {
    directory,
    input: message,
    environment,
    signal,
  }).catch(cause => {
    signal.throwIfAborted();
    throw new TowlineError('CLI_SIGNING', messageOf(cause), { cause });
  });
  await verifyTimestamp({ reader: walk.reader(), trusted, id, policies });
  await git(['update-ref', timestampRef, id], { directory });
  if (options.push !== undefined) {
    const push = ['push', '--quiet', '--force', options.push, `${timestampRef}:${timestampRef}`];
    await git(push, { directory, signal });
  }
  const terminal = standardTerminal();
  if (options.json === true)
    terminal.json({ timestamp: id, head: trusted.commit, timeSec, stopped: stopped ?? null });
  else {
    terminal.line(`${terminal.colour('green', 'stamped')} ${trusted.commit} by ${id}`);
    if (stopped !== undefined) showStop(terminal, stopped);
  }
  process.exitCode = stopped === undefined ? exitCode.ok : exitCode.untrusted;
}

export function registerTimestamp(command: Command, stop: Stop): void {
  command
    .option('--repo <dir>', 'the repository, bare or plain', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--head <rev>', 'what to stamp (default: main)')
    .option('--key <key>', 'key of the role timestamp, as git takes it (default: user.signingkey)')
    .option('--push <remote>', 'push the statement there')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([['towline timestamp --push origin', 'what the bot runs, from cron or CI']]),
    )
    .action((options: TimestampOptions) => timestamp(options, stop()));
}
