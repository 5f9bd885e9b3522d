/** The page of a desk: the real server over a real clone with its remote, and a person who answers in the terminal. */
import { RemoteMain } from '../../../../cli/change/remote-main.ts';
import { DeskHome } from '../../../../cli/portal/desk-home.ts';
import { DeskSessions } from '../../../../cli/portal/desk-sessions.ts';
import { DeskViewer } from '../../../../cli/portal/desk-viewer.ts';
import { addressWith } from '../../../../cli/portal/shown-address.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { loadAssets } from '../../../../portal/assets.ts';
import { Portal } from '../../../../portal/served/portal.ts';
import { type RolloutDesk, rolloutDesk } from '../../../cli/rollout/rollout-desk.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** What a person has been asked where they started the page, and what they answer. */
export class AskedPerson {
  readonly asked: string[] = [];
  answer: 'y' | 'n' = 'y';

  readonly ask = async (text: string): Promise<string> => {
    this.asked.push(text);
    return this.answer;
  };
}

export class DeskPortal implements AsyncDisposable {
  readonly desk: RolloutDesk;
  readonly home: DeskHome;
  readonly person: AskedPerson;
  readonly origin: string;
  readonly #sessions: DeskSessions;
  readonly #cleanUp: AsyncDisposableStack;

  static async open(): Promise<DeskPortal> {
    await using stack = new AsyncDisposableStack();
    const desk = stack.use(await rolloutDesk());
    const over = new AbortController();
    stack.defer(() => over.abort(new Error('the test is over')));
    const main = await RemoteMain.open({ repo: desk.fleet.directory });
    const clock = createSystemClock();
    const person = new AskedPerson();
    const signing = { ask: person.ask, isAsked: () => true };
    const home = stack.use(
      await DeskHome.open({ main, telemetry: desk.telemetry, clock, log: quiet, signing }, over.signal),
    );
    const viewerOf = (signal: AbortSignal) => new DeskViewer('alice', home.home.fleet, signal);
    const sessions = new DeskSessions({ clock, viewerOf });
    let origin = '';
    const portal = await Portal.open({
      ...{ home: home.home, tls: undefined, page: loadAssets, upgrades: [], endpoints: sessions.endpoints() },
      origin: () => origin,
      loginOf: request => sessions.of(request),
    });
    stack.defer(() => portal.close());
    stack.defer(() => sessions.close());
    const { port } = await portal.listen('127.0.0.1', 0);
    origin = `http://127.0.0.1:${port}`;
    home.follow(over.signal).catch(() => undefined);
    return new DeskPortal({ desk, home, person, origin }, sessions, stack.move());
  }

  private constructor(
    parts: Pick<DeskPortal, 'desk' | 'home' | 'person' | 'origin'>,
    sessions: DeskSessions,
    cleanUp: AsyncDisposableStack,
  ) {
    this.desk = parts.desk;
    this.home = parts.home;
    this.person = parts.person;
    this.origin = parts.origin;
    this.#sessions = sessions;
    this.#cleanUp = cleanUp;
  }

  /** As the terminal shows it: good once. */
  address(): string {
    return addressWith(this.origin, this.#sessions.word());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}
