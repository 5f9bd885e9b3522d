/** `towline trust hooks`: the git hooks of a fleet repository, for those who cloned it. */

import { type Command, Option } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { examples } from '../command/examples.ts';
import { towlineCommand } from '../command/installation.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { remembered } from '../desk/remembered.ts';
import { openRepository, resolveCommit } from '../desk/repository.ts';
import { installHooks, showHooks } from '../init/hooks.ts';
import { writeSigners } from '../init/signers.ts';
import { assertDateHasCome } from './anchor-date.ts';

interface HooksOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly json?: boolean;
  readonly signers?: boolean;
}

async function hooks(options: HooksOptions, signal: AbortSignal): Promise<void> {
  const repository = await openRepository(options.repo);
  if (repository.workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', 'hooks are for a working tree');
  if (options.signers === true) return await writeSigners(repository.workTree);
  const head = await resolveCommit(repository, 'HEAD');
  await using source = new GitCatFileSource(repository.gitDirectory);
  const { fleet } = await loadPolicy(new ObjectReader(source), head, new Map());
  const installed = await installHooks(repository.workTree, fleet, towlineCommand);
  if (options.anchor !== undefined) {
    const anchor = await resolveCommit(repository, options.anchor);
    await assertDateHasCome(new ObjectReader(source), anchor, signal);
    await git(['config', 'towline.anchor', anchor], { directory: repository.workTree });
  }
  const known = await remembered(repository.workTree, 'anchor');
  const terminal = standardTerminal();
  if (options.json === true) {
    const { names, folder, called } = installed;
    terminal.json({ fleet, hooks: names, folder, called, anchor: known ?? null });
    return;
  }
  showHooks(terminal, installed, `installed for ${fleet}`);
  if (known !== undefined) return;
  terminal.line(
    `${terminal.colour('yellow', 'no anchor')}: a push is checked from what the remote has, not from what you trust.`,
  );
  terminal.line('Ask who made the fleet for its first commit: towline trust hooks --anchor COMMIT');
}

export function registerHooks(trust: Command, stop: Stop): void {
  trust
    .command('hooks')
    .description('Install the git hooks: the trailer on branch main, a check before a push.')
    .option('--repo <dir>', 'the clone', '.')
    .option('--anchor <commit>', 'remember this commit as the one to walk from')
    .option('--json', 'one JSON object instead of text')
    // What the hooks themselves ask for.
    .addOption(new Option('--signers', 'write down whose signatures git calls good, and no more').hideHelp())
    .addHelpText(
      'after',
      examples([
        ['towline trust hooks --anchor 1f2e3d…', 'in a fresh clone; the id comes from somebody you trust'],
      ]),
    )
    .action((options: HooksOptions) => hooks(options, stop()));
}
