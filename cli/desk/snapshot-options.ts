import type { Command } from 'commander';

/** Which state of the fleet a verb reads: what `openSnapshot` takes. */
export function snapshotOptions(command: Command): Command {
  return command
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to read (default: HEAD)')
    .option('--worktree', 'read the files as they lie there, committed or not');
}
