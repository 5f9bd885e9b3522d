/** Options that all verbs share which change main. */
import type { Command } from 'commander';
import { collect } from '../command/collect.ts';
import type { RemoteOptions } from './remote-main.ts';

/** Where main is, and who changes it. */
export function remoteOptions(command: Command): Command {
  return command
    .option('--repo <dir>', 'the fleet repository; its working tree is left as it is', '.')
    .option('--remote <name>', 'where main is pushed to (default: as git pushes main)')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--key <key>', 'signing key, as git takes it (default: user.signingkey)');
}

export interface ChangeOptions extends RemoteOptions {
  readonly message?: string;
  readonly dryRun?: boolean;
  readonly pr?: boolean;
  readonly pushOption?: readonly string[];
  readonly worktree?: boolean;
  readonly yes?: boolean;
  readonly allowDowngrade?: boolean;
  readonly json?: boolean;
}

/** Those of `remoteOptions`, and how the change is made. */
export function changeOptions(command: Command): Command {
  return remoteOptions(command)
    .option('--message <text>', 'message of the commit (default: what is done)')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--pr', 'on a branch, with your approval in it, for a pull request of the forge')
    .option('-o, --push-option <option>', 'with --pr: as `git push -o` has it; repeatable', collect)
    .option('--worktree', 'write the files into the working tree, for a commit of your own')
    .option('--yes', 'do not ask')
    .option(
      '--allow-downgrade',
      'devices of open stages of rollouts may go back, others get a release before their stage opens',
    )
    .option('--json', 'one JSON object instead of text');
}
