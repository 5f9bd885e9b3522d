/** `towline sign`: the patch that a page gave to take away, shown from its own bytes, signed by the person's own key, pushed. */
import type { Command } from 'commander';
import { withSignature } from '../../core/change/commit-of.ts';
import { OverlaySource } from '../../core/change/overlay-source.ts';
import { maxPatchCharacters, type Patch, readPatch } from '../../core/change/patch-file.ts';
import { assertNoNew, checkedBefore, fleetCheck } from '../../core/change/proposal-check.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { Commit } from '../../core/trust/git/commit-object.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { futureSlackSec } from '../../core/trust/step/vouchers.ts';
import { walk } from '../../core/trust/walk.ts';
import { remoteOptions } from '../change/options.ts';
import { filesAt, RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { askTerminal } from '../init/answers.ts';
import { signCommit } from '../portal/sign-commit.ts';
import { commitStory } from '../show/commit-story.ts';
import { storyJson, tellStory } from '../show/story-text.ts';
import type { TrustWalk } from '../trust/walk.ts';

type Options = RemoteOptions & { readonly yes?: boolean; readonly dryRun?: boolean; readonly json?: boolean };

async function sign(file: string, options: Options, signal: AbortSignal): Promise<void> {
  const patch = await patchIn(file);
  const remote = await RemoteMain.open(options);
  const terminal = standardTerminal();
  const { story, lineTimeSec } = await shown(patch, remote, signal);
  if (options.json !== true) tellStory(terminal, story, []);
  if (options.dryRun === true) {
    if (options.json === true) terminal.json(storyJson(story));
    return;
  }
  assertDated(story.commit, lineTimeSec);
  if (options.json !== true) terminal.line();
  if (options.yes !== true) await assertWanted(story.fingerprint);
  const signed = await signedPatch(patch, remote, signal);
  const commit = await remote.change(async main => {
    assertStands(patch, main);
    await assertTaken(main, signed, signal);
    return { files: new Map(), message: '', check: checkedBefore, made: signed };
  }, signal);
  if (options.json === true) terminal.json({ ...storyJson(story), pushed: commit ?? null });
  else
    terminal.line(`${terminal.colour('green', 'pushed')} ${signed.slice(0, 12)} to main of ${remote.remote}`);
}

/** @throws TowlineError TRUST_PATCH, CLI_USAGE */
async function patchIn(file: string): Promise<Patch> {
  const bytes = await readBounded(file, maxPatchCharacters).catch((cause: unknown) => {
    const message = `${file} cannot be read: ${messageOf(cause)}`;
    throw new TowlineError('CLI_USAGE', message, { cause });
  });
  if (bytes === undefined) throw new TowlineError('CLI_USAGE', `there is no ${file}`);
  return readPatch(bytes.toString('latin1'));
}

/** From the patch's own bytes and those of this clone. @throws TowlineError TRUST_PATCH, CLI_PATCH_OUTDATED; FleetProblems; what the reader throws */
async function shown(patch: Patch, remote: RemoteMain, signal: AbortSignal) {
  await using main = await remote.look(signal);
  assertStands(patch, main);
  await using objects = new GitCatFileSource(remote.repository.gitDirectory);
  const { id, payload, objects: brought } = patch;
  const source = new OverlaySource(objects, [{ type: 'commit', bytes: payload, id }, ...brought]);
  const story = await commitStory({ source, id, walk: main }, signal);
  await assertNoNew(fleetCheck(), filesAt(main), story.contents);
  return { story, lineTimeSec: main.trusted.lineTimeSec };
}

/** A page says when; a signature of a clone moves line time there, after which none would count until then. @throws TowlineError TRUST_TIME_FUTURE */
function assertDated({ committer }: Commit, lineTimeSec: number): void {
  const nowSec = Math.floor(Date.now() / 1000);
  if (committer.timeSec <= Math.max(nowSec, lineTimeSec) + futureSlackSec) return;
  const message = `the patch is dated ${showTime(committer.timeSec)}, and it is ${showTime(nowSec)} by the clock of this machine`;
  throw new TowlineError('TRUST_TIME_FUTURE', message);
}

/** It is one exact commit: on another main it would be another one. */
function assertStands({ fleet, base }: Patch, { trusted }: TrustWalk): void {
  if (fleet !== trusted.fleet)
    throw new TowlineError('TRUST_PATCH', `the patch is for fleet ${fleet}; this is ${trusted.fleet}`);
  if (base !== trusted.commit) {
    const message = `main has moved: it is ${trusted.commit}, and the patch was made on top of ${base}`;
    throw new TowlineError('CLI_PATCH_OUTDATED', message);
  }
}

/** @throws TowlineError CLI_USAGE */
async function assertWanted(fingerprint: string): Promise<void> {
  const typed = await askTerminal(
    `Sign exactly this, ${fingerprint}, with your own key, and push it? [y/N]`,
    '',
  );
  if (typed === undefined) throw new TowlineError('CLI_USAGE', 'without a terminal that needs --yes');
  if (!/^y(es)?$/i.test(typed)) throw new TowlineError('CLI_USAGE', 'not gone on with: nothing was signed');
}

/** @returns the signed commit, which stands in the clone with all that it needs. @throws TowlineError CLI_SIGNING, CLI_GIT */
async function signedPatch(
  patch: Patch,
  { repository, options }: RemoteMain,
  signal: AbortSignal,
): Promise<ObjectId> {
  const directory = repository.gitDirectory;
  const armored = await signCommit({ directory, commit: patch, key: options.key }, signal);
  const input = withSignature(patch.payload, armored);
  return await git(['hash-object', '-t', 'commit', '-w', '--stdin'], { directory, input, signal });
}

/** @throws TowlineError CLI_CHANGE_REFUSED where devices would not take it */
async function assertTaken(main: TrustWalk, head: ObjectId, signal: AbortSignal): Promise<void> {
  const { trusted, policies, holders } = main;
  const { stopped } = await walk({ reader: main.reader(), trusted, head, signal, policies, holders });
  if (stopped === undefined) return;
  const who = stopped.missing.length === 0 ? '' : `; missing: ${stopped.missing.join(', or ')}`;
  throw new TowlineError('CLI_CHANGE_REFUSED', `${stopped.code} ${stopped.message}${who}`);
}

export function registerSign(command: Command, stop: Stop): void {
  remoteOptions(command.argument('<file>', 'the patch that a page gave you'))
    .option('--dry-run', 'show it, and sign nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline sign change.towline', 'see what it is, compare the fingerprint, sign and push it'],
        ['towline sign change.towline --dry-run', 'only see it'],
        ['towline sign change.towline --key ~/.ssh/work.pub', 'with another key than git’s own'],
      ]),
    )
    .action((file: string, options: Options) => sign(file, options, stop()));
}
