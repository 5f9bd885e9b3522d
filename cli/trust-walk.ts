/** The walk as the verbs of `towline trust` ask it: on a repository, from an anchor to a revision, in batches. */
import { isTowlineError, TowlineError } from '../core/errors.ts';
import { GitCatFileSource } from '../core/io/git-object-source.ts';
import { ObjectReader } from '../core/trust/object-reader.ts';
import type { ObjectId } from '../core/trust/object-source.ts';
import type { PolicyCache } from '../core/trust/policy-load.ts';
import { type AcceptedStep, openAnchor, type TrustedState, type WalkStop, walk } from '../core/trust/walk.ts';
import { git } from './git.ts';
import { openRepository, type Repository, resolveCommit } from './repository.ts';

export interface WalkOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly head?: string;
  readonly now?: string;
}

/** A walk that was made; the readers share one `git cat-file`, which ends with it. */
export interface TrustWalk extends AsyncDisposable {
  readonly repository: Repository;
  readonly anchor: TrustedState;
  readonly head: ObjectId;
  readonly nowSec: number | undefined;
  readonly trusted: TrustedState;
  readonly accepted: readonly AcceptedStep[];
  readonly stopped: WalkStop | undefined;
  readonly policies: PolicyCache;
  /** A reader with fresh limits. */
  reader(): ObjectReader;
}

/** @throws TowlineError CLI_USAGE, CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT, and what the walk throws. */
export async function walkRepository(options: WalkOptions, signal: AbortSignal): Promise<TrustWalk> {
  const repository = await openRepository(options.repo);
  const anchorId = await resolveCommit(repository, options.anchor ?? (await configuredAnchor(repository)));
  const head = await resolveCommit(repository, options.head ?? 'refs/heads/main');
  const nowSec = options.now === undefined ? undefined : parseTime(options.now);
  const source = new GitCatFileSource(repository.gitDirectory);
  const reader = (): ObjectReader => new ObjectReader(source);
  const policies: PolicyCache = new Map();
  const dispose = (): Promise<void> => source[Symbol.asyncDispose]();
  try {
    const anchor = await openNamedAnchor(reader(), anchorId, policies);
    const accepted: AcceptedStep[] = [];
    let trusted = anchor;
    for (;;) {
      const clock = nowSec === undefined ? {} : { nowSec };
      const result = await walk({ reader: reader(), trusted, head, signal, policies, ...clock });
      accepted.push(...result.accepted);
      trusted = result.trusted;
      if (result.more === true) continue;
      const { stopped } = result;
      const found = { repository, anchor, head, nowSec, trusted, accepted, stopped, policies, reader };
      return { ...found, [Symbol.asyncDispose]: dispose };
    }
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** `towline init` writes it into the repository's configuration. */
async function configuredAnchor(repository: Repository): Promise<string> {
  const found = await git(['config', 'towline.anchor'], { directory: repository.gitDirectory }).catch(
    () => '',
  );
  if (found !== '') return found;
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
