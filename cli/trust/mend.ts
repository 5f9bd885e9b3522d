/** `towline trust mend`: gets main past commits that devices refuse. */

import type { Command } from 'commander';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { lineBetween } from '../../core/trust/line/line.ts';
import { joinTrailer } from '../../core/trust/merge/joint.ts';
import { intentTrailer } from '../../core/trust/step/intent.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { pushCommand } from '../desk/push-command.ts';
import { resolveCommit } from '../desk/repository.ts';
import { signingArguments } from '../desk/signing-arguments.ts';
import { type Join, namedCommits, showJoins, tryJoin } from './join.ts';
import { showStop } from './stopped-walk.ts';
import { type TrustWalk, type WalkOptions, walkRepository } from './walk.ts';

interface MendOptions extends WalkOptions {
  readonly tree?: string;
  readonly key?: string;
  readonly linear?: boolean;
  readonly join?: readonly string[];
  readonly json?: boolean;
}

const branch = 'refs/heads/main';
const published = 'refs/remotes/origin/main';

async function mend(options: MendOptions, signal: AbortSignal): Promise<void> {
  await using own = await walkRepository({ ...options, head: branch }, signal);
  const walk = (await besidePublished(own, options, signal)) ?? own;
  const terminal = standardTerminal();
  const names = await namedCommits(walk.repository, options.join ?? []);
  if (walk.stopped === undefined && names.length === 0) {
    if (options.json === true) terminal.json({ mended: false, trusted: walk.trusted.commit });
    else terminal.line(`nothing to mend: ${walk.head} is trusted`);
    return;
  }
  const id = await makeMend(walk, { ...options, join: names }, signal);
  await using check = await walkRepository(
    { ...options, anchor: options.anchor ?? walk.anchor.commit, head: id },
    signal,
  );
  if (check.stopped !== undefined) {
    process.exitCode = exitCode.untrusted;
    if (options.json === true) terminal.json({ mended: false, commit: id, stopped: check.stopped });
    else {
      terminal.line(`the mend ${id} would not be accepted either; main stays where it was`);
      showStop(terminal, check.stopped);
    }
    return;
  }
  const joins: Join[] = [];
  for (const name of names) joins.push(await tryJoin(check, name, options, signal));
  if (joins.some(({ comes }) => comes === 'no')) {
    process.exitCode = exitCode.untrusted;
    if (options.json === true) terminal.json({ mended: false, commit: id, joins });
    else showJoins(terminal, joins);
    return;
  }
  await moveMain(walk, id, options.linear === true);
  const push = await pushCommand(walk.repository, options.linear === true);
  if (options.json === true)
    terminal.json({
      mended: true,
      commit: id,
      past: walk.head,
      code: walk.stopped?.code ?? null,
      joins,
      push,
    });
  else {
    const past = walk.stopped === undefined ? '' : `, past ${walk.stopped.code} at ${walk.stopped.commit}`;
    terminal.line(`${terminal.colour('green', 'mended')}: main is ${id}${past}`);
    showJoins(terminal, joins);
    terminal.line(`push it: ${push}`);
  }
}

/**
 * A walk of our own may accept what a merge by `git pull` says, while devices follow what that has as its second parent.
 * @returns undefined where main goes on from what the remote has, or the remote has nothing to go on from.
 */
async function besidePublished(
  walk: TrustWalk,
  options: MendOptions,
  signal: AbortSignal,
): Promise<TrustWalk | undefined> {
  if (walk.stopped !== undefined) return undefined;
  const theirs = await resolveCommit(walk.repository, published).catch(() => undefined);
  if (
    theirs === undefined ||
    (await lineBetween(walk.reader(), theirs, walk.head, signal)).kind !== 'off-the-line'
  )
    return undefined;
  await using found = await walkRepository({ ...options, head: theirs }, signal);
  const message = `${theirs}, which the remote has, is not among the first parents of ${walk.head}`;
  const code = 'TRUST_OFF_THE_LINE';
  return {
    ...walk,
    trusted: found.trusted,
    stopped: { code, commit: walk.head, message, vouched: [], missing: [] },
  };
}

/** A merge: first parent the last acceptable commit, second the present head, with the tree that the signer states. */
async function makeMend(walk: TrustWalk, options: MendOptions, signal: AbortSignal): Promise<ObjectId> {
  const { repository, trusted, head, stopped } = walk;
  const directory = repository.gitDirectory;
  const stated = await resolveCommit(repository, options.tree ?? trusted.commit);
  const tree = await git(['rev-parse', '--verify', `${stated}^{tree}`], { directory });
  const parents = options.linear === true ? [trusted.commit] : [...new Set([trusted.commit, head])];
  const [title, why] =
    stopped === undefined
      ? ['Join devices of another line', 'Devices that trust what is named below go on from here.']
      : [`Mend main past ${stopped.commit}`, `Devices stopped there: ${stopped.code}.`];
  const message = [
    title,
    '',
    `${why} The files are those of ${stated}.`,
    '',
    ...(options.join ?? []).map(joinTrailer),
    intentTrailer(trusted.fleet),
    '',
  ].join('\n');
  const { settings, sign } = signingArguments(options.key);
  const args = [...settings, 'commit-tree', sign, ...parents.flatMap(parent => ['-p', parent]), tree];
  try {
    return await git(args, { directory, input: message, interactive: true, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TowlineError('CLI_SIGNING', messageOf(cause), { cause });
  }
}

/** Where main is checked out and clean the files follow, else only the branch moves. */
async function moveMain({ repository, head }: TrustWalk, id: ObjectId, linear: boolean): Promise<void> {
  const { workTree, gitDirectory } = repository;
  const current = await git(['symbolic-ref', '-q', 'HEAD'], { directory: gitDirectory }).catch(() => '');
  if (workTree === undefined || current !== branch) {
    await git(['update-ref', '-m', 'towline trust mend', branch, id, head], { directory: gitDirectory });
    return;
  }
  const changes = await git(['status', '--porcelain', '--untracked-files=no'], { directory: workTree });
  if (changes !== '')
    throw new TowlineError('CLI_USAGE', `uncommitted changes in ${workTree}; the mend is ${id}`);
  const args = linear ? ['reset', '--quiet', '--keep', id] : ['merge', '--quiet', '--ff-only', id];
  await git(args, { directory: workTree });
}

export function registerMend(trust: Command, stop: Stop): void {
  trust
    .command('mend')
    .description('Make the signed merge that gets main past commits which devices refuse.')
    .option('--repo <dir>', 'the repository, bare or plain', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--tree <rev>', 'whose files main then has (default: the last acceptable commit)')
    .option(
      '--join <commit...>',
      'also bring over devices that trust this commit of another line, by its full id from their status',
    )
    .option('--key <key>', 'signing key, as git takes it (default: user.signingkey)')
    .option(
      '--linear',
      'for forges without merges: a child of the last acceptable commit, to be pushed by force',
    )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline trust mend', 'main goes on with the files of the last acceptable commit'],
        ['towline trust mend --tree HEAD', 'I have read what came after, and sign for it'],
        [
          'towline trust mend --anchor 4b825d… --tree HEAD',
          'main has a merge by `git pull`: go on from the commit that devices follow',
        ],
        ['towline trust mend --join 1f2e3d…', 'devices of another line go on from here'],
      ]),
    )
    .action((options: MendOptions) => mend(options, stop()));
}
