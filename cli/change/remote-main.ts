/** main where this clone pushes it to: fetched, walked as a device walks, and changed by a commit on top of it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Changes, FilesAt } from '../../core/change/changed-files.ts';
import { assertNoNew, type ProposalCheck } from '../../core/change/proposal-check.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { type ErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { intentTrailer } from '../../core/trust/step/intent.ts';
import { type WalkStop, walk } from '../../core/trust/walk.ts';
import { fetchRefs } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { push } from '../desk/push.ts';
import { remoteOf } from '../desk/push-command.ts';
import { openRepository, type Repository, remotePlace } from '../desk/repository.ts';
import { signedCommit } from '../desk/signed-commit.ts';
import { type TrustWalk, walkRepository } from '../trust/walk.ts';
import { isTaken } from './push-outcome.ts';

/** At the remote. */
export interface Branch {
  readonly branch: string;
  readonly commit: ObjectId;
}

export interface RemoteOptions {
  readonly repo: string;
  readonly remote?: string;
  readonly anchor?: string;
  readonly key?: string;
}

/** Nothing of the person's moves. */
export const fetchedRef = 'refs/towline/desk/main';
const fetchedBranches = 'refs/towline/desk/branches/';
export const mainRef = 'refs/heads/main';

/** What is to stand on main. */
export interface Proposal {
  readonly files: Changes;
  /** Without the trailer. */
  readonly message: string;
  /** What must not be wrong with it: asked before anything is signed. */
  readonly check: ProposalCheck;
  /** A commit of it on top of this very main, which devices take. */
  readonly made?: ObjectId;
}

/** Tries to be the next on main. */
const attempts = 8;
const pauseMs = 300;
const lockedSigns = /cannot lock ref|Unable to create '[^']*\.lock'/;

export class RemoteMain {
  readonly options: RemoteOptions;
  readonly repository: Repository;
  readonly remote: string;

  /** @throws TowlineError CLI_NOT_A_REPOSITORY, CLI_USAGE */
  static async open(options: RemoteOptions): Promise<RemoteMain> {
    const repository = await openRepository(options.repo);
    const remote = options.remote ?? (await remoteOf(repository.gitDirectory));
    if (remote.startsWith('-')) throw new TowlineError('CLI_USAGE', `--remote ${remote} is no remote`);
    return new RemoteMain(options, repository, remote);
  }

  private constructor(options: RemoteOptions, repository: Repository, remote: string) {
    this.options = options;
    this.repository = repository;
    this.remote = remote;
  }

  /**
   * Fetches and walks.
   * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_GIT; TRUST_… where devices would not go to
   *   its end: what is built upon that they would not follow either
   */
  async look(signal: AbortSignal): Promise<TrustWalk> {
    const refspecs = [`+${mainRef}:${fetchedRef}`];
    await this.#fetch(refspecs, 'CLI_GIT', signal);
    return await this.#walk(fetchedRef, signal);
  }

  /** Again where another verb fetches into this very clone. */
  async #fetch(refspecs: readonly string[], otherwise: ErrorCode, signal: AbortSignal): Promise<void> {
    const directory = remotePlace(this.repository);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await fetchRefs({ place: this.remote, refspecs, directory, otherwise }, signal);
      } catch (error) {
        if (attempt === attempts || !lockedSigns.test(messageOf(error))) throw error;
        await delay(pauseMs * Math.random(), undefined, { signal });
      }
    }
  }

  /** As it was fetched last, by a verb or by the person. @throws as `look`; TowlineError CLI_NO_SUCH_COMMIT */
  async walk(signal: AbortSignal): Promise<TrustWalk> {
    const { gitDirectory: directory } = this.repository;
    const refs = [fetchedRef, `refs/remotes/${this.remote}/main`];
    const newest = ['for-each-ref', '--sort=-committerdate', '--count=1', '--format=%(refname)', ...refs];
    const head = await git(newest, { directory, signal });
    if (head !== '') return await this.#walk(head, signal);
    const message = `main of ${this.remote} was never fetched here: git fetch ${this.remote}`;
    throw new TowlineError('CLI_NO_SUCH_COMMIT', message);
  }

  async #walk(head: string, signal: AbortSignal): Promise<TrustWalk> {
    const { repo, anchor } = this.options;
    const named = anchor === undefined ? {} : { anchor };
    const found = await walkRepository({ repo, head, ...named }, signal);
    const { stopped } = found;
    if (stopped === undefined) return found;
    await found[Symbol.asyncDispose]();
    throw new TowlineError(
      stopped.code,
      `main of ${this.remote} is not trusted, at ${stopped.commit}: ${stopped.message}`,
    );
  }

  /**
   * Puts a signed commit on main. Where others were first, it is made anew on top of theirs.
   * @param propose undefined: nothing is to be changed
   * @throws TowlineError CLI_CHANGE_REFUSED before anything is pushed, CLI_PUSH_REFUSED, CLI_PUSH_UNKNOWN, CLI_MAIN_MOVES, and as `look`
   */
  async change(
    propose: (main: TrustWalk) => Promise<Proposal | undefined>,
    signal: AbortSignal,
  ): Promise<ObjectId | undefined> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await using main = await this.look(signal);
      const proposal = await propose(main);
      if (proposal === undefined) return undefined;
      const commit = proposal.made ?? (await this.commit(main, proposal, signal));
      if (await this.#push(main, commit, signal)) return commit;
      await delay(pauseMs * attempt * Math.random(), undefined, { signal });
    }
    throw new TowlineError('CLI_MAIN_MOVES', `main of ${this.remote} moved ${attempts} times meanwhile`);
  }

  /** @returns false where somebody was there first: by git's word, or by the gateway's, whose door judges by what main is by then */
  async #push(main: TrustWalk, commit: ObjectId, signal: AbortSignal): Promise<boolean> {
    const directory = remotePlace(this.repository);
    try {
      const { outcome } = await push({ directory, remote: this.remote, commit, ref: mainRef }, signal);
      return outcome === 'taken';
    } catch (error) {
      const base = main.trusted.commit;
      return await isTaken({ error, directory, commit, base, look: () => this.look(signal) }, signal);
    }
  }

  /** @throws TowlineError CLI_CHANGE_REFUSED where devices would not take it; as `tryCommit` */
  async commit(main: TrustWalk, proposal: Proposal, signal: AbortSignal): Promise<ObjectId> {
    const { commit, stopped } = await this.tryCommit(main, proposal, signal);
    if (stopped !== undefined) throw refused(stopped);
    return commit;
  }

  /** Made, and not pushed. @returns and what devices would say. @throws FleetProblems; TowlineError CLI_SIGNING */
  async tryCommit(
    main: TrustWalk,
    { files, message, check }: Proposal,
    signal: AbortSignal,
  ): Promise<{ commit: ObjectId; stopped: WalkStop | undefined }> {
    await assertNoNew(check, filesAt(main), files);
    const commit = await signedCommit(
      {
        ...{ directory: this.repository.gitDirectory, base: main.trusted.commit, files },
        message: `${message}\n\n${intentTrailer(main.trusted.fleet)}\n`,
        key: this.options.key,
      },
      signal,
    );
    return { commit, stopped: await this.#judge(main, commit, signal) };
  }

  /**
   * Branches there, fetched.
   * @param pattern `requests/*`, or the name of one
   * @throws TowlineError TUNNEL_REQUEST where there is none of this name; as `look`
   */
  async branches(pattern: string, signal: AbortSignal): Promise<readonly Branch[]> {
    if (!/^[A-Za-z0-9][A-Za-z0-9._/*-]*$/.test(pattern) || pattern.includes('..'))
      throw new TowlineError('TUNNEL_REQUEST', `${JSON.stringify(pattern.slice(0, 80))} is no branch`);
    const refspecs = [`+refs/heads/${pattern}:${fetchedBranches}${pattern}`];
    try {
      await this.#fetch(refspecs, 'TUNNEL_REQUEST', signal);
    } catch (error) {
      if (!isTowlineError(error, 'TUNNEL_REQUEST')) throw error;
      throw new TowlineError('TUNNEL_REQUEST', `${this.remote} has no branch ${pattern}`, { cause: error });
    }
    // git's own patterns end at a slash; a folder has all below it.
    const place = `${fetchedBranches}${pattern.replace(/\*$/, '')}`;
    const { gitDirectory: directory } = this.repository;
    const args = ['for-each-ref', '--format=%(objectname) %(refname)', place];
    const listed = (await git(args, { directory, signal })).split('\n').filter(line => line !== '');
    return listed.map(line => ({
      commit: line.slice(0, 40),
      branch: line.slice(41 + fetchedBranches.length),
    }));
  }

  /** What devices at main would say. */
  async #judge(main: TrustWalk, head: ObjectId, signal: AbortSignal): Promise<WalkStop | undefined> {
    const { trusted, policies, holders } = main;
    return (await walk({ reader: main.reader(), trusted, head, signal, policies, holders })).stopped;
  }
}

/** Files of main, with limits of their own. */
export function filesAt({ reader, trusted }: TrustWalk): FilesAt {
  return { files: reader(), commit: trusted.commit, trusted };
}

function refused({ code, message, missing }: WalkStop): TowlineError {
  const who = missing.length === 0 ? '' : `; missing: ${missing.join(', or ')}`;
  return new TowlineError('CLI_CHANGE_REFUSED', `${code} ${message}${who}`);
}
