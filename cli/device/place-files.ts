/** Where the file of a device goes that a verb makes: into the working tree, or with `--commit` by a signed commit onto main. */

import type { Command } from 'commander';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { FleetProblems } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { Made } from '../change/make-change.ts';
import type { ChangeOptions } from '../change/options.ts';
import { collect } from '../command/collect.ts';
import type { Terminal } from '../command/terminal.ts';

export interface PlaceOptions {
  readonly repo: string;
  readonly commit?: boolean;
  readonly remote?: string;
  readonly key?: string;
  readonly message?: string;
  readonly pr?: boolean;
  readonly pushOption?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function placeOptions(command: Command): Command {
  return command
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit', 'by a signed commit onto main, pushed; else into the working tree')
    .option('--remote <name>', 'with --commit: where main is pushed to (default: as git pushes main)')
    .option('--key <key>', 'with --commit: signing key, as git takes it (default: user.signingkey)')
    .option('--message <text>', 'with --commit: message of the commit (default: what is done)')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--pr', 'on a branch, with your approval in it, for a pull request of the forge')
    .option('-o, --push-option <option>', 'with --pr: as `git push -o` has it; repeatable', collect)
    .option('--json', 'one JSON object instead of text');
}

/** What is asked for was asked for: nobody is asked again. */
export function changeOf(options: PlaceOptions): ChangeOptions {
  const { repo, commit = false, remote, key, message, pr = false, pushOption, dryRun = false } = options;
  return {
    ...{ repo, pr, dryRun, yes: true, worktree: !commit && !pr },
    ...(remote === undefined ? {} : { remote }),
    ...(key === undefined ? {} : { key }),
    ...(message === undefined ? {} : { message }),
    ...(pushOption === undefined ? {} : { pushOption }),
  };
}

/** @throws FleetProblems: to a fleet that is not sound no device is added */
export async function soundFleet({ files, commit }: FilesAt): Promise<Fleet> {
  const { fleet, problems } = await loadFleet(files, commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  return fleet;
}

/** Of `--dry-run`, which is done with that. @returns false where something became of it */
export function sayShown(terminal: Terminal, made: Made, json = false): boolean {
  if (made.how !== 'shown') return false;
  if (json) terminal.json(made);
  else terminal.lines(made.diff);
  return true;
}

/** `wrote devices/pump-9.yaml: commit and push it`, and what it is elsewhere. */
export function placedLine(terminal: Terminal, made: Made): string {
  const green = (word: string) => terminal.colour('green', word);
  const [first = '', ...others] = made.files;
  const what = others.length === 0 ? first : `${made.files.length} files`;
  if (made.how === 'pushed') return `${green('pushed')} ${made.commit.slice(0, 12)}: ${what}`;
  if (made.how === 'proposed') return `${green('pushed')} ${made.branch}: ${what}, once it is merged`;
  return `${green('wrote')} ${what}: commit and push ${others.length === 0 ? 'it' : 'them'}`;
}

/** For a program, beside what else there is: nothing more where it lies in the working tree. */
export function placedJson(made: Made): Readonly<Record<string, unknown>> {
  if (made.how === 'pushed') return { commit: made.commit };
  return made.how === 'proposed' ? { branch: made.branch, commit: made.commit } : {};
}
