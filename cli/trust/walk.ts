/** The walk as the verbs of `towline trust` ask it: on a repository, from an anchor to a revision, in batches. */

import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { isClockSynchronised } from '../../core/io/synchronised-clock.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { HolderIndex } from '../../core/trust/holders/holder-index.ts';
import type { PolicyCache } from '../../core/trust/policy/policy-load.ts';
import {
  type AcceptedStep,
  openAnchor,
  type TrustedState,
  type WalkStop,
  walk,
} from '../../core/trust/walk.ts';
import { Terminal } from '../command/terminal.ts';
import { remembered } from '../desk/remembered.ts';
import { openRepository, type Repository, resolveCommit } from '../desk/repository.ts';

export interface WalkOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly head?: string;
  readonly now?: string;
  /** Refuses what lies ahead of this machine's clock, where that is synchronised: all of it, or what is not `published`. */
  readonly byOurClock?: 'all' | 'unpublished';
  /** A revision that devices have, or may have, already: its times are not ours to refuse any more. */
  readonly published?: string;
}

/** A walk that was made; the readers share one `git cat-file`, which ends with it. */
export interface TrustWalk extends AsyncDisposable {
  readonly repository: Repository;
  readonly anchor: TrustedState;
  readonly head: ObjectId;
  readonly nowSec: number | undefined;
  /** What devices may have already, where it was named or is known. */
  readonly published: ObjectId | undefined;
  readonly trusted: TrustedState;
  readonly accepted: readonly AcceptedStep[];
  readonly stopped: WalkStop | undefined;
  readonly policies: PolicyCache;
  readonly holders: HolderIndex;
  /** A reader with fresh limits. */
  reader(): ObjectReader;
}

/** @throws TowlineError CLI_USAGE, CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT, and what the walk throws. */
export async function walkRepository(options: WalkOptions, signal: AbortSignal): Promise<TrustWalk> {
  const repository = await openRepository(options.repo);
  const anchorId = await resolveCommit(repository, options.anchor ?? (await configuredAnchor(repository)));
  const head = await resolveCommit(repository, options.head ?? 'refs/heads/main');
  const nowSec = options.now === undefined ? undefined : parseTime(options.now);
  const published = await publishedCommit(repository, options);
  const source = new GitCatFileSource(repository.gitDirectory);
  const reader = (): ObjectReader => new ObjectReader(source);
  const policies: PolicyCache = new Map();
  const holders = new HolderIndex();
  const dispose = (): Promise<void> => source[Symbol.asyncDispose]();
  try {
    const anchor = await openNamedAnchor(reader(), anchorId, policies);
    const ask = { reader, head, policies, holders, signal, nowSec };
    const found =
      options.byOurClock !== undefined && nowSec === undefined
        ? await walkByOurClock(ask, anchor, published)
        : await walkTo(ask, anchor);
    const known = { repository, anchor, head, nowSec, published, policies, holders, reader };
    return { ...known, ...found, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Ask {
  reader(): ObjectReader;
  readonly head: ObjectId;
  readonly policies: PolicyCache;
  readonly holders: HolderIndex;
  readonly signal: AbortSignal;
  readonly nowSec: number | undefined;
}

type Walked = Pick<TrustWalk, 'trusted' | 'accepted' | 'stopped'>;

async function walkTo({ reader, nowSec, ...question }: Ask, from: TrustedState): Promise<Walked> {
  const accepted: AcceptedStep[] = [];
  const clock = nowSec === undefined ? {} : { nowSec };
  let trusted = from;
  for (;;) {
    const result = await walk({ ...question, reader: reader(), trusted, ...clock });
    accepted.push(...result.accepted);
    trusted = result.trusted;
    if (result.more !== true) return { trusted, accepted, stopped: result.stopped };
  }
}

/** A date ahead of us is refused before it is published; where nobody keeps this clock, it is only pointed out. */
async function walkByOurClock(
  ask: Ask,
  anchor: TrustedState,
  published: ObjectId | undefined,
): Promise<Walked> {
  const before =
    published === undefined
      ? undefined
      : await walkTo({ ...ask, head: published, nowSec: undefined }, anchor);
  const from = before === undefined || before.stopped !== undefined ? anchor : before.trusted;
  const ours = { ...ask, nowSec: Math.floor(Date.now() / 1000) };
  let found = await walkTo(ours, from);
  const isBeside =
    found.stopped?.code === 'TRUST_OFF_THE_LINE' || found.stopped?.code === 'TRUST_NOT_A_DESCENDANT';
  const joined = from !== anchor && !isBeside;
  if (from !== anchor && isBeside) found = await walkTo(ours, anchor);
  if (found.stopped?.code === 'TRUST_TIME_FUTURE' && (await isClockSynchronised(ask.signal)) !== true) {
    warn(`${found.stopped.message}, which no time server keeps: nothing is refused for that`);
    const rest = await walkTo({ ...ask, nowSec: undefined }, found.trusted);
    found = { ...rest, accepted: [...found.accepted, ...rest.accepted] };
  }
  return joined ? { ...found, accepted: [...(before?.accepted ?? []), ...found.accepted] } : found;
}

/** What the remote that main is pushed to has, unless it is named. */
async function publishedCommit(
  repository: Repository,
  { published, byOurClock }: WalkOptions,
): Promise<ObjectId | undefined> {
  if (published !== undefined) return await resolveCommit(repository, published);
  if (byOurClock !== 'unpublished') return undefined;
  return await resolveCommit(repository, 'refs/remotes/origin/main').catch(() => undefined);
}

function warn(text: string): void {
  new Terminal(process.stderr, process.env).line(`warning: ${text}`);
}

/** `towline init` writes it into the repository's configuration. */
async function configuredAnchor(repository: Repository): Promise<string> {
  const found = await remembered(repository.gitDirectory, 'anchor');
  if (found !== undefined) return found;
  throw new TowlineError(
    'CLI_USAGE',
    'which commit do you trust to begin with? --anchor COMMIT, or once: towline trust hooks --anchor COMMIT (`towline init` prints it, whoever made the fleet has it as `git config towline.anchor`)',
  );
}

async function openNamedAnchor(
  reader: ObjectReader,
  anchor: ObjectId,
  policies: PolicyCache,
): Promise<TrustedState> {
  try {
    return await openAnchor(reader, anchor, policies);
  } catch (cause) {
    if (!isTowlineError(cause) || !cause.code.startsWith('TRUST_POLICY')) throw cause;
    throw new TowlineError('CLI_USAGE', `${anchor} cannot be the anchor: ${cause.code} ${cause.message}`, {
      cause,
    });
  }
}

/** `now`, RFC 3339, or seconds since the epoch. */
function parseTime(text: string): number {
  if (text === 'now') return Math.floor(Date.now() / 1000);
  if (/^[0-9]+$/.test(text)) return Number(text);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new TowlineError('CLI_USAGE', `--now "${text}" is no time`);
  return Math.floor(time / 1000);
}
