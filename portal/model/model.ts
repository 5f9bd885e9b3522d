/** What the page is told, kept up to date while the portal is open. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { BroughtReleases } from '../../core/history/brought-releases.ts';
import { type CommitWord, LineReader } from '../../core/history/line-reader.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { SeenFleet } from '../home/fleet-source.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import { Board } from './board/board.ts';
import { pageLimits } from './page-limits.ts';
import { Rollouts } from './rollouts.ts';
import { Sight } from './sight.ts';

/** Commits whose words are remembered. */
const maxWords = 1000;
/** So long a page waits for who brought its releases, milliseconds. */
const broughtMs = 1000;

export class Model implements AsyncDisposable {
  readonly home: Home;
  /** Rows of the whole fleet: `rows.onChange` tells of those that changed, `rows.since` of those that were missed. */
  readonly board: Board;
  readonly rollouts: Rollouts;
  readonly #brought: BroughtReleases;
  #bringing: { readonly head: ObjectId; readonly found: Promise<ReadonlyMap<string, ObjectId>> } | undefined;
  readonly #words = new Map<ObjectId, CommitWord>();
  readonly #over = new AbortController();
  readonly #running: Promise<void>;

  /** Reports are read in the background. */
  static async open(home: Home): Promise<Model> {
    return new Model(home);
  }

  private constructor(home: Home) {
    this.home = home;
    this.board = new Board(home);
    this.rollouts = new Rollouts(home, this.board);
    this.#brought = new BroughtReleases(home.fleet.objects);
    this.#running = this.board.run(this.#over.signal).catch((error: unknown) => {
      home.log.error(
        { error: messageOf(error) },
        'the portal’s list of devices is not kept up to date any more',
      );
    });
  }

  /** @throws TowlineError PORTAL_NOT_READY */
  get seen(): SeenFleet {
    const { current } = this.home.fleet;
    if (current === undefined) throw new TowlineError('PORTAL_NOT_READY', 'the fleet is not read yet');
    return current;
  }

  /**
   * The commit of main that brought a release, and who has signed it.
   * @param path of its release.yaml
   * @throws TowlineError when main's history cannot be read; the signal's reason
   */
  async madeBy(path: string, signal: AbortSignal): Promise<CommitWord | undefined> {
    const commit = (await this.#broughtBy(signal)).get(path);
    if (commit === undefined) return undefined;
    const known = this.#words.get(commit);
    if (known !== undefined) return known;
    const reader = new ObjectReader(this.home.fleet.objects, pageLimits);
    const word = await new LineReader(reader).word(commit);
    if (this.#words.size >= maxWords) this.#words.clear();
    this.#words.set(commit, word);
    return word;
  }

  /** Read once for all who ask; what takes long is told the next time. */
  async #broughtBy(signal: AbortSignal): Promise<ReadonlyMap<string, ObjectId>> {
    const { commit: head } = this.seen;
    if (this.#bringing?.head !== head) {
      const found = this.#brought.at(head, this.#over.signal);
      this.#bringing = { head, found };
      found.catch(() => {
        if (this.#bringing?.found === found) this.#bringing = undefined;
      });
    }
    const late = new AbortController();
    const ended = AbortSignal.any([signal, late.signal]);
    const nothing = this.home.clock.sleep(broughtMs, ended).then(() => new Map<string, ObjectId>());
    try {
      return await Promise.race([this.#bringing?.found ?? nothing, nothing]);
    } finally {
      late.abort();
      nothing.catch(() => undefined);
    }
  }

  /** For one request: what this viewer sees now. */
  sightOf(viewer: Viewer): Sight {
    return new Sight(viewer, this.board.rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new TowlineError('PORTAL_CLOSING', 'the portal is closing'));
    await this.#running;
  }
}
