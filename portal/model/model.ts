/** What the page is told, kept up to date while the portal is open. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { SeenFleet } from '../home/fleet-source.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import { Board } from './board/board.ts';
import { Rollouts } from './rollouts.ts';
import { Sight } from './sight.ts';

export class Model implements AsyncDisposable {
  readonly home: Home;
  /** Rows of the whole fleet: `rows.onChange` tells of those that changed, `rows.since` of those that were missed. */
  readonly board: Board;
  readonly rollouts: Rollouts;
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

  /** For one request: what this viewer sees now. */
  sightOf(viewer: Viewer): Sight {
    return new Sight(viewer, this.board.rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new TowlineError('PORTAL_CLOSING', 'the portal is closing'));
    await this.#running;
  }
}
