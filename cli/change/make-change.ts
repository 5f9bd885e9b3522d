/**
 * What a verb does that changes the fleet: it looks at main, says which files it would change, and that becomes a diff on
 * the screen, files in the working tree, a branch for a pull request, or a signed commit on main.
 */
import path from 'node:path';
import type { FilesAt } from '../../core/change/changed-files.ts';
import type { Intent } from '../../core/change/intent.ts';
import { assertNoNew, checkedBefore, fleetCheck } from '../../core/change/proposal-check.ts';
import { assertRolloutsKept } from '../../core/change/rollouts-kept.ts';
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { writeTogether } from '../desk/write-together.ts';
import { askTerminal } from '../init/answers.ts';
import { type Draft, pushDraft, stampOf } from './draft.ts';
import type { ChangeOptions } from './options.ts';
import { filesAt, type Proposal, RemoteMain } from './remote-main.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface Change {
  readonly options: ChangeOptions;
  /** For the name of a branch: `retire-pump-17`. */
  readonly name: string;
  /**
   * Asked anew whenever main has moved, so that the change is always one of what stands there.
   * @returns undefined: nothing is to be changed
   */
  intend(at: FilesAt): Promise<Intent | undefined>;
}

export type Outcome =
  | { readonly how: 'unchanged' }
  | { readonly how: 'shown'; readonly diff: string }
  | { readonly how: 'written' }
  | ({ readonly how: 'proposed' } & Draft)
  | { readonly how: 'pushed'; readonly commit: ObjectId };

export type Made = Outcome & {
  /** Paths, sorted. */
  readonly files: readonly string[];
};

/**
 * @throws TowlineError CLI_USAGE where nobody could be asked and `--yes` is missing, or was not gone on with; FleetProblems of
 *   what the change would bring; CLI_CHANGE_REFUSED, CLI_PUSH_REFUSED, CLI_MAIN_MOVES, CLI_SIGNING; as `RemoteMain.look`; with
 *   `--worktree` CLI_NO_WORKING_TREE
 */
export async function makeChange(change: Change, signal: AbortSignal): Promise<Made> {
  const { dryRun, pr, worktree, pushOption, message } = change.options;
  if (message?.trim() === '') throw new TowlineError('CLI_USAGE', '--message: a commit has one');
  if (pr === true && worktree === true)
    throw new TowlineError('CLI_USAGE', '--pr and --worktree exclude each other');
  if (pushOption !== undefined && pr !== true)
    throw new TowlineError('CLI_USAGE', '--push-option is for --pr');
  if (worktree === true) return await inWorkingTree(change, signal);
  const main = await RemoteMain.open(change.options);
  if (dryRun === true) {
    await using look = await main.look(signal);
    return await shown(change, filesAt(look), signal);
  }
  return pr === true ? await onBranch(main, change, signal) : await onMain(main, change, signal);
}

async function shown(change: Change, at: FilesAt, signal: AbortSignal): Promise<Made> {
  const intent = await change.intend(at);
  if (intent === undefined) return unchanged;
  await assertSound(change, at, intent);
  return { how: 'shown', diff: await unifiedDiff(at, intent.files, signal), files: pathsOf(intent) };
}

async function inWorkingTree(change: Change, signal: AbortSignal): Promise<Made> {
  const { repo, dryRun } = change.options;
  const { workTree, gitDirectory } = await openRepository(repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${gitDirectory} is bare: no file can be written`);
  await using snapshot = await openSnapshot({ repo, worktree: true });
  if (dryRun === true) return await shown(change, snapshot, signal);
  const intent = await change.intend(snapshot);
  if (intent === undefined) return unchanged;
  await assertSound(change, snapshot, intent);
  await assertWanted(change, intent);
  await writeTogether(new Map([...intent.files].map(([file, text]) => [path.join(workTree, file), text])));
  return { how: 'written', files: pathsOf(intent) };
}

async function onBranch(main: RemoteMain, change: Change, signal: AbortSignal): Promise<Made> {
  await using look = await main.look(signal);
  const at = filesAt(look);
  const intent = await change.intend(at);
  if (intent === undefined) return unchanged;
  await assertSound(change, at, intent);
  await assertWanted(change, intent);
  const branch = `changes/${change.name}-${stampOf(Date.now())}`;
  const pushOptions = change.options.pushOption ?? [];
  const proposal = proposalOf(change, intent);
  const draft = await pushDraft(main, look, { proposal, branch, pushOptions }, signal);
  return { how: 'proposed', ...draft, files: pathsOf(intent) };
}

async function onMain(main: RemoteMain, change: Change, signal: AbortSignal): Promise<Made> {
  let files: readonly string[] = [];
  let asked: string | undefined;
  const commit = await main.change(async look => {
    const at = filesAt(look);
    const intent = await change.intend(at);
    if (intent === undefined) return undefined;
    // Before the question: what cannot be done need not be decided.
    await assertSound(change, at, intent);
    if (intent.question !== asked) await assertWanted(change, intent);
    asked = intent.question;
    files = pathsOf(intent);
    return proposalOf(change, intent);
  }, signal);
  return commit === undefined ? unchanged : { how: 'pushed', commit, files };
}

/** @throws FleetProblems */
async function assertSound(
  { options }: Change,
  at: FilesAt,
  { files, check = fleetCheck() }: Intent,
): Promise<void> {
  await assertNoNew(check, at, files);
  await assertRolloutsKept(at, files, options.allowDowngrade === true);
}

const unchanged: Made = { how: 'unchanged', files: [] };

const pathsOf = ({ files }: Intent): string[] => [...files.keys()].sort();

/** Of what was checked. */
function proposalOf({ options }: Change, { files, message }: Intent): Proposal {
  return { files, message: options.message ?? message, check: checkedBefore };
}

/** @throws TowlineError CLI_USAGE */
async function assertWanted({ options }: Change, { question, answer }: Intent): Promise<void> {
  if (question === undefined || options.yes === true) return;
  const typed = await askTerminal(answer === undefined ? `${question} Go on? [y/N]` : question, '');
  if (typed === undefined)
    throw new TowlineError('CLI_USAGE', `${question} Without a terminal that needs --yes`);
  const isWanted = answer === undefined ? /^y(es)?$/i.test(typed) : typed === answer;
  if (!isWanted) throw new TowlineError('CLI_USAGE', 'not gone on with: nothing was changed');
}
