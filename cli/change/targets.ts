/** Options of a verb that is for the fleet, for groups or for devices: `--fleet`, `--group`, `--device`, `-l`. */
import type { Command } from 'commander';
import { collect } from '../command/collect.ts';
import { selectorOption } from '../desk/selector-option.ts';

export function targetOptions(command: Command): Command {
  return command
    .option('--fleet', 'for all: in fleet.yaml')
    .option('--group <name>', 'for a group: in its file; repeatable', collect)
    .option('--device <id>', 'for a device: in its own file; repeatable', collect)
    .addOption(selectorOption());
}

/** As messages name where a change is looked at. */
export const placeName = ({ worktree }: { readonly worktree?: boolean }): string =>
  worktree === true ? 'the working tree' : 'main';
