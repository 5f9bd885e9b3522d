/** The fleet as this clone knows it, for the page: main is fetched now and then, and walked as a device walks it. */
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { LastingObjectSource } from '../../core/io/git/lasting-object-source.ts';
import type { Log } from '../../core/log.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { FleetSource, SeenFleet, Unreached } from '../../portal/home/fleet-source.ts';
import { fetchedRef, mainRef, type RemoteMain } from '../change/remote-main.ts';
import { fetchRefs } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { remotePlace } from '../desk/repository.ts';
import { type TrustWalk, walkRepository } from '../trust/walk.ts';

export interface DeskFleetOptions {
  readonly main: RemoteMain;
  readonly clock: Clock;
  readonly log: Log;
}

export class DeskFleet implements FleetSource, AsyncDisposable {
  readonly objects: LastingObjectSource;
  readonly #options: DeskFleetOptions;
  readonly #listeners = new Set<() => void>();
  #current: SeenFleet | undefined;
  #head: ObjectId | undefined;
  #askedMs: number | undefined;
  #trouble: string | undefined;

  constructor(options: DeskFleetOptions) {
    this.#options = options;
    this.objects = new LastingObjectSource(options.main.repository.gitDirectory);
  }

  get current(): SeenFleet | undefined {
    return this.#current;
  }

  get unreached(): Unreached | undefined {
    return this.#trouble === undefined ? undefined : { askedMs: this.#askedMs, why: this.#trouble };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As it was fetched last, by a verb or by the person: no network is needed. @throws TowlineError CLI_USAGE, TRUST_…; FleetProblems */
  async open(signal: AbortSignal): Promise<void> {
    const head = await this.#newest(signal);
    if (head !== '') await this.#take(head, signal);
  }

  /** The clone's own main, where no remote has one: a fleet that `towline init` has just made. @throws as `open` */
  async openOwn(signal: AbortSignal): Promise<void> {
    const { gitDirectory: directory } = this.#options.main.repository;
    const own = await git(['for-each-ref', '--format=%(refname)', mainRef], { directory, signal });
    if (own !== '') await this.#take(own, signal);
  }

  /** Asks the remote. What is in the way is kept for who asks; what was seen stays. @throws the signal's reason */
  async look(signal: AbortSignal): Promise<void> {
    const { main, clock, log } = this.#options;
    try {
      const refspecs = [`+${mainRef}:${fetchedRef}`];
      const directory = remotePlace(main.repository);
      await fetchRefs({ place: main.remote, refspecs, directory, otherwise: 'CLI_GIT' }, signal);
      await this.#take(fetchedRef, signal);
      this.#askedMs = clock.now();
      this.#trouble = undefined;
    } catch (error) {
      signal.throwIfAborted();
      const trouble = `${isTowlineError(error) ? `${error.code} ` : ''}${messageOf(error)}`;
      if (trouble !== this.#trouble) log.warn({ trouble }, 'main cannot be looked at');
      this.#trouble = trouble;
    }
  }

  async #newest(signal: AbortSignal): Promise<string> {
    const { repository, remote } = this.#options.main;
    const refs = [fetchedRef, `refs/remotes/${remote}/main`];
    const newest = ['for-each-ref', '--sort=-committerdate', '--count=1', '--format=%(refname)', ...refs];
    return await git(newest, { directory: repository.gitDirectory, signal });
  }

  async #take(ref: string, signal: AbortSignal): Promise<void> {
    const { repository, options } = this.#options.main;
    const { gitDirectory: directory } = repository;
    const head = await git(['rev-parse', '--verify', `${ref}^{commit}`], { directory, signal });
    if (head === this.#head) return;
    const { repo, anchor } = options;
    await using found = await walkRepository(
      { repo, head, ...(anchor === undefined ? {} : { anchor }) },
      signal,
    );
    this.#current = await this.#loaded(found);
    this.#head = head;
    for (const listener of [...this.#listeners]) listener();
  }

  /** The same files are not read twice. */
  async #loaded({ trusted, stopped, reader }: TrustWalk): Promise<SeenFleet> {
    const { commit } = trusted;
    if (this.#current?.commit === commit) return { ...this.#current, stopped };
    const snapshot = { files: reader(), commit, name: commit, [Symbol.asyncDispose]: async () => undefined };
    const { gitDirectory } = this.#options.main.repository;
    return { fleet: await loadKeptFleet(gitDirectory, snapshot), commit, stopped };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.objects[Symbol.asyncDispose]();
  }
}
