/** `towline show`: what somebody is asked to sign, from bytes that this clone has fetched itself. */
import type { Command } from 'commander';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { voiceOf } from '../../core/trust/signature/evidence.ts';
import { checkCommitSignature } from '../../core/trust/step/commit-signature.ts';
import { RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { fetchRefs } from '../desk/gateway-git.ts';
import { remotePlace, resolveCommit } from '../desk/repository.ts';
import { type TrustWalk, walkRepository } from '../trust/walk.ts';
import { type CommitStory, commitStory } from './commit-story.ts';
import { storyJson, tellStory } from './story-text.ts';

type Options = RemoteOptions & { readonly json?: boolean };

const pendingPattern = /^pending\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})$/;

async function show(revision: string, options: Options, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  const { repository } = main;
  const id = await foundCommit(main, revision, signal);
  await using source = new GitCatFileSource(repository.gitDirectory);
  const { walk, why } = await walkToParent(options, id, signal);
  await using found = walk;
  const story = await commitStory({ source, id, walk: found }, signal);
  const signed = found === undefined ? undefined : await signedBy(story, found);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ ...storyJson(story), signedBy: signed ?? null, ...(why === undefined ? {} : { why }) });
    return;
  }
  const notes = [
    ...(signed === undefined ? [] : [`signed       ${signed}`]),
    ...(why === undefined ? [] : [`walk         ${why}`]),
  ];
  tellStory(terminal, story, notes);
}

/** @throws TowlineError CLI_NO_SUCH_COMMIT; as `fetchRefs` */
async function foundCommit(main: RemoteMain, revision: string, signal: AbortSignal): Promise<ObjectId> {
  const { repository, remote } = main;
  const pending = pendingPattern.exec(revision)?.[1];
  if (pending === undefined) return await resolveCommit(repository, revision);
  const ref = `refs/towline/desk/pending/${pending}`;
  const refspecs = [`+refs/towline/pending/${pending}:${ref}`];
  const fetching = { place: remote, refspecs, directory: remotePlace(repository) };
  try {
    await fetchRefs({ ...fetching, otherwise: 'CLI_NO_SUCH_COMMIT' }, signal);
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_NO_SUCH_COMMIT')) throw cause;
    const message = `${remote} has no pending change ${pending}: it is pushed, given up, or too old`;
    throw new TowlineError('CLI_NO_SUCH_COMMIT', message, { cause });
  }
  return await resolveCommit(repository, ref);
}

/** The walk to what the commit stands on; where it does not lead there, why. */
async function walkToParent(
  { repo, anchor }: Options,
  id: ObjectId,
  signal: AbortSignal,
): Promise<{ readonly walk: TrustWalk | undefined; readonly why?: string }> {
  try {
    const asked = { repo, head: `${id}^`, ...(anchor === undefined ? {} : { anchor }) };
    const walk = await walkRepository(asked, signal);
    const { stopped } = walk;
    return stopped === undefined ? { walk } : { walk, why: `${stopped.code} ${stopped.message}` };
  } catch (error) {
    signal.throwIfAborted();
    if (!isTowlineError(error)) throw error;
    return { walk: undefined, why: error.message };
  }
}

/** By the policy on which it stands. */
async function signedBy({ commit, base }: CommitStory, walk: TrustWalk): Promise<string | undefined> {
  if (commit.signature === undefined) return undefined;
  const policy = await loadPolicy(walk.reader(), base, walk.policies);
  const evidence = checkCommitSignature(commit.signature, policy);
  return evidence.sound ? `by ${voiceOf(evidence.by)}` : `in a way that does not count: ${evidence.message}`;
}

export function registerShow(command: Command, stop: Stop): void {
  command
    .argument('<commit>', 'a commit, branch or tag; `pending/ID` is fetched from the remote')
    .option('--repo <dir>', 'a clone of the fleet', '.')
    .option('--remote <name>', 'where pending changes are (default: as git pushes main)')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline show pending/7f3a9c21', 'what a page wants to have signed: compare the fingerprint'],
        ['towline show origin/requests/carol/pump-17', 'what a request would change, and who must sign it'],
        ['towline show HEAD', 'what the newest commit was, by its fingerprint'],
      ]),
    )
    .action((revision: string, options: Options) => show(revision, options, stop()));
}
