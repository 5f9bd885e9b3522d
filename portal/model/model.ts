/** What the page is told, kept up to date while the portal is open. */
import { TowlineError } from '../../core/errors.ts';
import type { SeenFleet } from '../home/fleet-source.ts';
import type { Home } from '../home/home.ts';

export class Model implements AsyncDisposable {
  readonly home: Home;

  static async open(home: Home): Promise<Model> {
    return new Model(home);
  }

  private constructor(home: Home) {
    this.home = home;
  }

  /** @throws TowlineError PORTAL_NOT_READY */
  get seen(): SeenFleet {
    const { current } = this.home.fleet;
    if (current === undefined) throw new TowlineError('PORTAL_NOT_READY', 'the fleet is not read yet');
    return current;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
